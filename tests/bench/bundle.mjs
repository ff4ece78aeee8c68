// Bundles the benchmark into build/bench: what runs it, and what runs in Node and in a page.
import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const out = join(root, 'build/bench');
const shared = { absWorkingDir: root, bundle: true, format: 'esm', target: 'es2022', logLevel: 'warning' };
const forNode = { ...shared, platform: 'node', outExtension: { '.js': '.mjs' } };
const ourselves = ['vicinal', 'vicinal/*'];
const peers = { nodePaths: [join(out, 'node_modules')], splitting: true };

await build({
  ...forNode,
  entryPoints: { run: 'tests/bench/run.ts', kernels: 'tests/bench/kernels.ts' },
  outdir: out,
  packages: 'external',
  // A folder of the package, which Node by itself does not import.
  alias: { 'selenium-webdriver/remote': 'selenium-webdriver/remote/index.js' },
});

for (const folder of ['node', 'page']) rmSync(join(out, folder), { recursive: true, force: true });
await build({
  ...forNode,
  ...peers,
  entryPoints: { bench: 'tests/bench/measured/node.ts' },
  outdir: join(out, 'node'),
  // hnswlib-wasm is written for bundlers alone.
  mainFields: ['module', 'main'],
  external: [...ourselves, '@electric-sql/*', '@tensorflow/*', 'fake-indexeddb', 'usearch'],
});
await build({
  ...shared,
  ...peers,
  entryPoints: {
    bench: 'tests/bench/measured/page.ts',
    'raw-worker': 'tests/bench/measured/stored/raw-worker.ts',
  },
  outdir: join(out, 'page'),
  platform: 'browser',
  minify: true,
  // Native code and folders are not measured in a page.
  external: [...ourselves, 'usearch', '@electric-sql/*', 'node:*'],
});
copyFileSync(join(root, 'tests/bench/measured/page.html'), join(out, 'page/index.html'));
