/**
A collection whose points outlive it: a stand-in for durable storage. Every change is kept, all points anew, before it is
acknowledged; what opens the next time holds what was kept last.

@module
*/
import type { Collection, Point, PointRecord, UpdateResult, UpsertOptions } from 'vicinal/worker';

/** Where points are kept. */
export interface Keep {
  load(): Promise<readonly PointRecord[]>;
  /** Resolves once they are safe. */
  save(points: readonly PointRecord[]): Promise<void>;
}

const changes = new Set([
  ...['delete', 'setPayload', 'overwritePayload', 'deletePayload', 'clearPayload', 'updateVectors'],
]);

/** @param open - Opens an empty one. */
export async function openKept(open: () => Promise<Collection>, keep: Keep): Promise<Collection> {
  const collection = await open();
  const kept = await keep.load();
  if (kept.length > 0) await collection.upsert(kept as readonly Point[]);
  let turn: Promise<unknown> = Promise.resolve();
  const save = async () => {
    const points: PointRecord[] = [];
    for await (const point of collection.scroll({ withVector: true })) points.push(point);
    await keep.save(points);
  };
  const inTurn = <Result>(change: () => Promise<Result>): Promise<Result> => {
    const made = turn.then(change);
    turn = made.catch(() => {});
    return made;
  };
  const upsert = (source: Iterable<Point> | AsyncIterable<Point>, options: UpsertOptions = {}) =>
    inTurn(async (): Promise<UpdateResult> => {
      const { batchSize = 100, signal, onProgress } = options;
      let taken = 0;
      const take = async (points: readonly Point[]) => {
        signal?.throwIfAborted();
        await collection.upsert(points);
        await save();
        taken += points.length;
        onProgress?.({ phase: 'upsert', done: taken, total: taken });
      };
      let batch: Point[] = [];
      for await (const point of source) {
        batch.push(point);
        if (batch.length < batchSize) continue;
        await take(batch);
        batch = [];
      }
      if (batch.length > 0) await take(batch);
      return { count: taken };
    });
  return new Proxy(collection, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (name === 'upsert') return upsert;
      if (typeof value !== 'function') return value;
      if (!changes.has(String(name))) return value.bind(target);
      return (...args: unknown[]) =>
        inTurn(async () => {
          const result: unknown = await value.apply(target, args);
          await save();
          return result;
        });
    },
  });
}
