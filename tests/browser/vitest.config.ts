import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['tests/browser/*.test.ts'],
    globalSetup: ['./require-build.ts', './classic-bundle.ts', './behaviour/bundle.ts'].map((file) =>
      fileURLToPath(new URL(file, import.meta.url)),
    ),
    // One browser at a time: they measure start-up against time limits.
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 180_000,
    // The package as it is packed, not taken in and transformed.
    server: { deps: { external: [/\/pkg\//] } },
  },
});
