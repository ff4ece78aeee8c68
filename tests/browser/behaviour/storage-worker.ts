/** The worker that runs the suite of storage: access handles are only for workers. */
import init from '../../../bindings/api/init.js';
import { chooseStorage, type StoragePlace } from '../../../worker/storage/storage.js';
import { describeBrowserStorage } from '../../api/storage/browser-storage.behaviour.js';
import { describeStorage } from '../../api/storage/storage.behaviour.js';
import { runSuite } from './run-suite.js';

let places = 0;

/** A collection of a name that needs escaping, and that an earlier run cannot have left. */
function makePlace(kind: StoragePlace['kind']): StoragePlace {
  return { kind, name: `../Äß ${kind} ${Date.now()} ${places++}` };
}

self.onmessage = async ({ data: kinds }: MessageEvent<StoragePlace['kind'][]>) => {
  await init({ wasmUrl: new URL('../pkg/web/vicinal_simd128.wasm', location.href) });
  const outcomes = await runSuite(() => {
    for (const kind of kinds) {
      describeStorage(`storage in ${kind}`, () => makePlace(kind));
      describeBrowserStorage(`storage in ${kind}`, () => makePlace(kind));
    }
  });
  postMessage({ chosen: await chooseStorage({ name: 'nobody’s' }), outcomes });
};
