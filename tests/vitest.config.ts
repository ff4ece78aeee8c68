import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Tests import the package by its name: .scripts/package.mjs links node_modules/vicinal to pkg/, which runs here as
// it is shipped, not transformed. What is tested by its source finds the module's glue where it was built.
export default defineConfig({
  resolve: {
    alias: { 'vicinal-glue': fileURLToPath(new URL('../build/wasm-simd128/vicinal.mjs', import.meta.url)) },
  },
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['tests/api/**/*.test.ts'],
    server: { deps: { external: [/\/pkg\//] } },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    execArgv: ['--expose-gc'],
  },
});
