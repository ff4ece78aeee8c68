import { availableParallelism } from 'node:os';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const root = fileURLToPath(new URL('..', import.meta.url));

// Tests import the package by its name: .scripts/package.mjs links node_modules/vicinal to pkg/, which runs here as
// it is shipped, not transformed. What is tested by its source finds the module's glue where it was built.
export default defineConfig({
  // Inner parts, which the package does not export, are imported as sources: those for Node, as in its bundle.
  resolve: { alias: { 'vicinal-glue': resolve(root, 'build/wasm/simd128/vicinal.mjs') } },
  plugins: [
    {
      name: 'sources-for-node',
      enforce: 'pre',
      resolveId: (source, importer) =>
        importer !== undefined && /^\..*-web\.js$/.test(source)
          ? resolve(dirname(importer), source.replace(/-web\.js$/, '-node.ts'))
          : undefined,
    },
  ],
  test: {
    root,
    include: ['tests/api/**/*.test.ts'],
    server: { deps: { external: [/\/pkg\//] } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    maxWorkers: availableParallelism(),
    execArgv: ['--expose-gc'],
  },
});
