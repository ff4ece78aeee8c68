import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['tests/consumers/*.test.ts'],
    globalSetup: 'tests/consumers/support/pack.ts',
    // Builds: see support/command.ts.
    testTimeout: 200_000,
    hookTimeout: 200_000,
    // The tools use all cores by themselves.
    maxWorkers: 2,
  },
});
