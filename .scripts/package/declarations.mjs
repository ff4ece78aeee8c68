// The package's declarations: tsc writes one for each source, and those that no entry leads to are taken away again.
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fail } from './fail.mjs';
import { entries } from './manifest.mjs';

/** `types`: the folder for them. */
export function emitDeclarations(root, types) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const config = join(root, '.scripts', 'tsconfig.types.json');
  rmSync(types, { recursive: true, force: true });
  try {
    execFileSync(process.execPath, [tsc, '-p', config, '--outDir', types], { cwd: root, stdio: 'pipe' });
  } catch (error) {
    fail(`the declarations cannot be written:\n${error.stdout}`);
  }

  const reached = new Set();
  for (const { types: entry } of Object.values(entries)) reach(resolve(types, entry), reached);
  for (const path of readdirSync(types, { recursive: true })) {
    const file = resolve(types, path);
    if (file.endsWith('.d.ts') && !reached.has(file)) rmSync(file);
  }
}

/** Adds a declaration file to `reached`, with all that it imports. */
function reach(file, reached) {
  if (reached.has(file)) return;
  reached.add(file);
  for (const [, specifier] of readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?'(\.[^']+)\.js'/g))
    reach(resolve(dirname(file), `${specifier}.d.ts`), reached);
}
