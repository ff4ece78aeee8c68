// Holds the package in pkg/ to its size budget, size-budget.json: prints a table, and fails where something is larger,
// or is there without a budget. Every figure is in bytes, raw and by gzip -9.
//
//   node .scripts/size-budget.mjs          check
//   node .scripts/size-budget.mjs --set    make the budget what there is now, and 2 % more
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { downloads, sizeOf } from './package-sizes.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const pkg = join(root, 'pkg');
const budgetFile = join(root, '.scripts/size-budget.json');
const headRoom = 1.02;

const sizes = measure();
if (process.argv.includes('--set')) {
  const lines = Object.entries(sizes).map(([name, pair]) => {
    const [raw, gzipped] = pair.map((bytes) => Math.ceil((bytes * headRoom) / 100) * 100);
    return `  ${JSON.stringify(name)}: [${raw}, ${gzipped}]`;
  });
  writeFileSync(budgetFile, `{\n${lines.join(',\n')}\n}\n`);
}
process.exitCode = report(JSON.parse(readFileSync(budgetFile, 'utf8'))) ? 0 : 1;

/** `[raw, gzipped]` by name: what a user downloads, the files one by one, what only a developer's disk holds. */
function measure() {
  const [{ files, size, unpackedSize }] = JSON.parse(
    execFileSync('npm', ['pack', '--dry-run', '--json'], { cwd: pkg, stdio: ['ignore', 'pipe', 'ignore'] }),
  );
  const paths = files.map(({ path }) => path).sort();
  const ofFiles = (...names) => sizeOf(names.map((name) => readFileSync(join(pkg, name))));
  const sums = Object.entries(downloads(root)).map(([what, contents]) => [what, sizeOf(contents)]);
  const single = paths.filter((path) => /\.(js|wasm)$/.test(path));
  return {
    ...Object.fromEntries(sums),
    ...Object.fromEntries(single.map((path) => [path, ofFiles(path)])),
    'all declarations': ofFiles(...paths.filter((path) => path.endsWith('.d.ts'))),
    'all source maps': ofFiles(...paths.filter((path) => path.endsWith('.map'))),
    'the tarball': [unpackedSize, size],
  };
}

/** Prints the table; whether all is within the budget. */
function report(budget) {
  const line = (name, ...cells) =>
    console.log(name.padEnd(28), ...cells.map((cell) => String(cell).padStart(10)));
  const problems = [];
  line('bytes', 'raw', 'budget', 'gzipped', 'budget');
  for (const [name, [raw, gzipped]] of Object.entries(sizes)) {
    const [rawBudget, gzippedBudget] = budget[name] ?? ['none', 'none'];
    line(name, raw, rawBudget, gzipped, gzippedBudget);
    if (!(raw <= rawBudget && gzipped <= gzippedBudget)) problems.push(`${name} is over its budget`);
  }
  for (const name of Object.keys(budget)) {
    if (!(name in sizes)) problems.push(`${name} has a budget and is not there`);
  }
  for (const problem of problems) console.log(problem);
  return problems.length === 0;
}
