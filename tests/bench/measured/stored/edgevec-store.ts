/**
The graph of edgevec with its metadata. It keeps all that it has in one record of IndexedDB: each call adds its points and
saves the whole. It is not opened again: version 0.9.0 saves what its `load` then refuses.

@module
*/
import { loadEdgevec } from '../edgevec.js';
import { type StoreKind, timeCalls } from './point-store.js';

export const edgevecStore: StoreKind = {
  async open({ name, dim }, surroundings) {
    const { open } = await loadEdgevec({ dim }, surroundings);
    const index = open((config) => {
      config.metric = 'l2';
      config.m = 16;
      config.m0 = 32;
      config.ef_construction = 200;
    });
    return {
      write: (batches) =>
        timeCalls(
          batches.map(({ vectors, payloads }) => () => {
            payloads.forEach((payload, row) => {
              index.insertWithMetadata(vectors.subarray(row * dim, (row + 1) * dim), payload);
            });
            return index.save(name);
          }),
        ),
      close: async () => index.free(),
    };
  },
  /** It goes with the browser's profile. */
  remove: async () => undefined,
};
