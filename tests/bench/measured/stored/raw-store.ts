/**
Mere bytes: floats and JSON of a call written at the end of a file and flushed, by the calls that this package uses too.
Times are taken where the file is, without any message.

@module
*/
import type { Surroundings } from '../searcher.js';
import { type Batch, bytesOf, type StoreKind } from './point-store.js';
import type { RawReply, RawRequest, ReadTime } from './raw-worker.js';

export const rawStore: StoreKind = {
  async open({ name }, { storeFolder, rawWorkerUrl }) {
    if (storeFolder === undefined) {
      const worker = openWorker(rawWorkerUrl!);
      await worker.ask({ kind: 'open', name });
      return {
        async write(batches) {
          return (await worker.ask({ kind: 'write', pieces: batches.map(bytesOf) })).ms;
        },
        async close() {
          await worker.ask({ kind: 'close' });
          worker.end();
        },
      };
    }
    const { closeSync, fdatasyncSync, mkdirSync, openSync, writeSync } = await import('node:fs');
    mkdirSync(storeFolder, { recursive: true });
    const file = openSync(`${storeFolder}/${name}`, 'w');
    return {
      async write(batches: readonly Batch[]) {
        const pieces = batches.map(bytesOf);
        const started = performance.now();
        for (const piece of pieces) {
          writeSync(file, piece);
          fdatasyncSync(file);
        }
        return performance.now() - started;
      },
      close: async () => closeSync(file),
    };
  },
  async remove({ name }, { storeFolder }) {
    if (storeFolder === undefined) return (await navigator.storage.getDirectory()).removeEntry(name);
    const { rmSync } = await import('node:fs');
    rmSync(`${storeFolder}/${name}`);
  },
};

/** Reads all files of a collection of this package whole, one after another. */
export async function readRaw(name: string, { storeFolder, rawWorkerUrl }: Surroundings): Promise<ReadTime> {
  if (storeFolder === undefined) {
    const worker = openWorker(rawWorkerUrl!);
    const read = await worker.ask({ kind: 'read', folder: ['vicinal', name, 'shard-0'] });
    worker.end();
    return read;
  }
  const { readdirSync, readFileSync } = await import('node:fs');
  const folder = `${storeFolder}/${name}/shard-0`;
  const files = readdirSync(folder);
  let bytes = 0;
  const started = performance.now();
  for (const file of files) bytes += readFileSync(`${folder}/${file}`).length;
  return { ms: performance.now() - started, bytes };
}

function openWorker(url: string) {
  const worker = new Worker(url, { type: 'module' });
  return {
    ask: (request: RawRequest) =>
      new Promise<ReadTime>((resolve, reject) => {
        worker.onmessage = ({ data }: MessageEvent<RawReply>) =>
          'error' in data ? reject(new Error(data.error)) : resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage(request);
      }),
    end: () => worker.terminate(),
  };
}
