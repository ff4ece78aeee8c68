/**
TensorFlow.js on its WebAssembly backend: a product of matrices, then the k largest. Cosine of unit rows and inner
product.

@module
*/
import type { Tensor2D } from '@tensorflow/tfjs-core';
import type { OpenSearcher } from './searcher.js';

export const openTfjs: OpenSearcher = async ({ dim }, { tfjsFolder }) => {
  const [tf, { setWasmPaths }] = await Promise.all([
    import('@tensorflow/tfjs-core'),
    import('@tensorflow/tfjs-backend-wasm'),
  ]);
  // One thread, as all that is compared; it would take several where the page is isolated.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths(tfjsFolder);
  await tf.setBackend('wasm');
  let matrix: Tensor2D | undefined;
  const nearest = (queries: Float32Array, k: number) => {
    const count = queries.length / dim;
    const indices = tf.tidy(() => {
      const scores = tf.matMul(tf.tensor2d(queries, [count, dim]), matrix!, false, true);
      return tf.topk(scores, k).indices;
    });
    const ids = indices.dataSync();
    indices.dispose();
    return Array.from({ length: count }, (_, query) => ids.subarray(query * k, (query + 1) * k));
  };
  return {
    addBatch(rows) {
      matrix = tf.tensor2d(rows, [rows.length / dim, dim]);
      matrix.dataSync(); // not sooner does the backend hold the rows
    },
    search: (query, k) => nearest(query, k)[0]!,
    searchBatch: nearest,
    dispose: () => matrix?.dispose(),
  };
};
