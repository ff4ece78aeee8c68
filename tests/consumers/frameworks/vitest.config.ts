import consumers from '../vitest.config.js';

export default {
  ...consumers,
  test: {
    ...consumers.test,
    include: ['tests/consumers/frameworks/*.test.ts', 'tests/consumers/runtimes.test.ts'],
  },
};
