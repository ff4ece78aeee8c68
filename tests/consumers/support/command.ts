/**
Runs what a user would type.

@module
*/
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** Longer than the slowest build takes on a loaded machine with two cores. */
const limitMs = 180_000;

/** What the command prints to its output. Where it fails, the error says what it printed at all. */
export async function command(folder: string, program: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, { cwd: folder, env, timeout: limitMs });
    return stdout;
  } catch (error) {
    const { message, stdout, stderr } = error as Error & { stdout: string; stderr: string };
    throw new Error([message, stdout, stderr].join('\n'), { cause: error });
  }
}

/** The tools know by this that nobody watches; Vitest's own mode is not theirs. */
const { NODE_ENV: _, VITEST: __, ...inherited } = process.env;
export const env: NodeJS.ProcessEnv = {
  ...inherited,
  CI: 'true',
  NEXT_TELEMETRY_DISABLED: '1',
};
