// Files at the addresses that the entries have, for tools that do not read `exports` (Parcel unless told to, and
// TypeScript's `node10`): to them `vicinal/worker` is worker.js.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path/posix';
import { entries } from './manifest.mjs';

/** `flavour`: the one that such tools get. */
export function writeForwards(out, flavour) {
  const { '.': _, './vicinal-worker.js': __, ...others } = entries;
  for (const [path, { script, types }] of Object.entries(others)) {
    write(`${path}.js`, `${flavour}/${script}.js`);
    write(`${path}.d.ts`, `types/${types.replace(/\.d\.ts$/, '.js')}`);
  }

  function write(path, target) {
    const specifier = relative(dirname(path), target).replace(/^(?!\.)/, './');
    const exported = path.startsWith('./inline') ? ['*', '{ default }'] : ['*'];
    mkdirSync(dirname(join(out, path)), { recursive: true });
    writeFileSync(
      join(out, path),
      exported.map((names) => `export ${names} from '${specifier}';\n`).join(''),
    );
  }
}
