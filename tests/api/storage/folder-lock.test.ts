/** The lock of a folder, between processes and workers. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FolderLock } from '../../../worker/storage/folder-lock-node.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
let scratch: string;
let holder: string;
let folder: string;
let folders = 0;

/** Takes the lock, says how that went, and stays. */
const holderSource = `
import { FolderLock } from './worker/storage/folder-lock-node.ts';
import { parentPort } from 'node:worker_threads';
let answer = 'held';
try { globalThis.lock = FolderLock.take(process.env.LOCKED_FOLDER); } catch (error) { answer = error.code; }
if (parentPort) parentPort.postMessage(answer); else console.log(answer);
setInterval(() => {}, 1000);
`;

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'vicinal-lock-'));
  holder = join(scratch, 'holder.mjs');
  await build({
    stdin: { contents: holderSource, resolveDir: root, loader: 'ts' },
    outfile: holder,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
});
afterAll(() => rmSync(scratch, { recursive: true }));
beforeEach(() => {
  folder = join(scratch, `folder-${folders++}`);
  mkdirSync(folder);
});

function startHolder(): { process: ChildProcess; answer: Promise<string> } {
  const started = spawn(process.execPath, [holder], { env: { ...process.env, LOCKED_FOLDER: folder } });
  const answer = once(started.stdout, 'data').then(([data]) => String(data).trim());
  return { process: started, answer };
}

async function end(holding: ChildProcess): Promise<void> {
  const ended = once(holding, 'exit');
  holding.kill('SIGKILL');
  await ended;
}

describe('the lock of a folder', () => {
  it('is refused while a process has it, by its number, and taken over once that is killed', async () => {
    const other = startHolder();
    expect(await other.answer).toBe('held');
    expect(() => FolderLock.take(folder)).toThrow(
      expect.objectContaining({ code: 'STORAGE_IN_USE', actual: `process ${other.process.pid}` }),
    );
    await end(other.process);
    const lock = FolderLock.take(folder);
    expect(readdirSync(folder)).toEqual(['lock-2']);
    const third = startHolder();
    expect(await third.answer).toBe('STORAGE_IN_USE');
    await end(third.process);
    lock.release();
    lock.release();
    FolderLock.take(folder).release();
  });

  it.runIf(process.platform === 'linux')('is free once its worker has ended', async () => {
    const worker = new Worker(holder, { env: { ...process.env, LOCKED_FOLDER: folder } });
    expect(await once(worker, 'message')).toEqual(['held']);
    expect(() => FolderLock.take(folder)).toThrow(
      expect.objectContaining({ code: 'STORAGE_IN_USE', actual: `process ${process.pid}` }),
    );
    await worker.terminate();
    FolderLock.take(folder).release();
  });

  it.runIf(process.platform === 'linux')('is free where its number is another process’s by now', () => {
    writeFileSync(join(folder, 'lock-7'), `${process.pid}\n`);
    FolderLock.take(folder).release();
    expect(readdirSync(folder)).toEqual(['lock-8']);
  });

  it('goes to one of several that take it over at once', async () => {
    const first = startHolder();
    expect(await first.answer).toBe('held');
    await end(first.process);
    const contenders = Array.from({ length: 6 }, startHolder);
    const answers = await Promise.all(contenders.map(({ answer }) => answer));
    expect(answers.filter((answer) => answer === 'held')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['held', 'STORAGE_IN_USE']));
    for (const { process: contender } of contenders) await end(contender);
    FolderLock.take(folder).release();
  });
});
