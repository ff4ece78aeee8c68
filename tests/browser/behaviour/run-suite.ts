/**
Runs a suite of Vitest's where there is no Vitest.

@module
*/
import { startTests, type VitestRunner } from '@vitest/runner';

/** How a test of a suite ended. */
export interface TestOutcome {
  readonly name: string;
  readonly state: string;
  readonly errors: readonly string[];
}

/** @param define - Defines the tests. */
export async function runSuite(define: () => void): Promise<TestOutcome[]> {
  const runner: VitestRunner = {
    config: {
      root: '/',
      setupFiles: [],
      name: undefined,
      passWithNoTests: false,
      testNamePattern: undefined,
      allowOnly: false,
      sequence: { seed: 0, hooks: 'stack', setupFiles: 'list' },
      chaiConfig: undefined,
      maxConcurrency: 1,
      testTimeout: 60_000,
      hookTimeout: 60_000,
      retry: 0,
      includeTaskLocation: false,
      tags: [],
      tagsFilter: undefined,
      strictTags: false,
    },
    pool: 'page',
    importFile: define,
  };
  const outcomes: TestOutcome[] = [];
  const files = await startTests(['behaviour'], runner);
  const visit = (task: (typeof files)[number]['tasks'][number], path: string) => {
    const name = `${path} > ${task.name}`;
    if (task.type === 'suite') for (const inner of task.tasks) visit(inner, name);
    else
      outcomes.push({
        name,
        state: task.result?.state ?? 'not run',
        errors: (task.result?.errors ?? []).map(({ message, stack }) => `${message}\n${stack}`),
      });
  };
  for (const file of files) {
    const { errors = [] } = file.result ?? {};
    if (errors.length > 0)
      outcomes.push({ name: 'collecting', state: 'fail', errors: errors.map(({ message }) => message) });
    for (const task of file.tasks) visit(task, 'page');
  }
  return outcomes;
}
