/**
Entry of the Node process: answers each message by one.

@module
*/
// What hnswlib-wasm wants of a page, there before any clock starts.
import 'fake-indexeddb/auto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Variant } from 'vicinal';
import { Bench } from './bench.js';

export interface Call {
  readonly name: string;
  readonly args: readonly unknown[];
}
export type Reply = { readonly value: unknown } | { readonly error: string };

const [peers, storeFolder, variant] = process.argv.slice(2);
const bench = new Bench({
  tfjsFolder: join(peers!, '@tensorflow/tfjs-backend-wasm/dist/'),
  edgevecModule: () => readFile(join(peers!, 'edgevec/edgevec_bg.wasm')),
  workerUrl: import.meta.resolve('vicinal/vicinal-worker.js'),
  storeFolder: storeFolder!,
  asPage,
  ...(variant && { variant: variant as Variant }),
});

process.on('message', async ({ name, args }: Call) => {
  let reply: Reply;
  try {
    reply = {
      value: await (bench as unknown as Record<string, (...args: readonly unknown[]) => unknown>)[name]!(
        ...args,
      ),
    };
  } catch (error) {
    reply = { error: String((error as Error).stack ?? error) };
  }
  process.send!(reply);
});

async function asPage<Result>(load: () => Promise<Result>): Promise<Result> {
  Object.assign(globalThis, { window: globalThis });
  try {
    return await load();
  } finally {
    Reflect.deleteProperty(globalThis, 'window');
  }
}
