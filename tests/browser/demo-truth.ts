/**
What the demo page must find: nearest rows by a plain loop over the same data.

@module
*/
import { readFile } from 'node:fs/promises';
import { decodeImages, type Images } from '../../web/fashion.js';
import { address, comparablePassage, findAddress, PassageFilter } from '../../web/passages/passage-filter.js';
import { decodeEmbeddings, decodePassages, type Passage, reference } from '../../web/passages.js';

export type MetricName = 'cosine' | 'euclidean' | 'manhattan' | 'dot';

const data = new URL('../../web/data/', import.meta.url);

/** A file of the demo's data. */
export async function dataFile(name: string): Promise<ArrayBuffer> {
  const { buffer, byteOffset, byteLength } = await readFile(new URL(name, data));
  return buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
}

interface Question {
  readonly metric?: MetricName;
  readonly k?: number;
}

export interface PassageTruth {
  readonly passages: readonly Passage[];
  /** Addresses of the passages that are searched for by some words. */
  pooledFor(words: string): string[];
  /** References of the passages nearest to the mean of those at some addresses. */
  nearest(
    addresses: readonly string[],
    includes: (passage: Passage, chosen: readonly Passage[]) => boolean,
    question?: Question,
  ): string[];
}

export async function passageTruth(): Promise<PassageTruth> {
  const passages = await decodePassages(await dataFile('passages-texts.bin'));
  const { dim, vectors } = decodeEmbeddings(await dataFile('passages-vectors.bin'));
  const filter = new PassageFilter(passages.map(comparablePassage));
  return {
    passages,
    pooledFor: (words) => filter.densest(words, 6).ids.map((id) => address(passages[id] as Passage)),
    nearest(addresses, includes, question) {
      const ids = addresses.map((named) => findAddress(passages, named));
      const chosen = ids.map((id) => passages[id] as Passage);
      const rows = ids.map((id) => vectors.subarray(id * dim, (id + 1) * dim));
      const among = passages.flatMap((passage, id) => (includes(passage, chosen) ? [id] : []));
      return nearestRows(vectors, dim, unitMean(rows), among, { metric: 'cosine', ...question }).map((id) =>
        reference(passages[id] as Passage),
      );
    },
  };
}

export interface ImageTruth {
  readonly images: Images;
  /** Numbers of the images nearest to one. */
  nearest(id: number, includes: (label: number | undefined) => boolean, question?: Question): number[];
}

export async function imageTruth(): Promise<ImageTruth> {
  const images = await decodeImages(await dataFile('fashion.bin'));
  const { count, dim, labels } = images;
  const vectors = images.slice(0, count);
  return {
    images,
    nearest(id, includes, question) {
      const query = vectors.subarray(id * dim, (id + 1) * dim);
      const among = [...labels.keys()].filter((other) => other !== id && includes(labels[other]));
      return nearestRows(vectors, dim, query, among, { metric: 'euclidean', k: 20, ...question });
    },
  };
}

function unitMean(rows: readonly Float32Array[]): Float32Array {
  const sum = Float32Array.from(rows[0] as Float32Array, (_, d) =>
    rows.reduce((total, row) => total + (row[d] as number), 0),
  );
  const length = Math.hypot(...sum);
  return sum.map((value) => value / length);
}

function nearestRows(
  vectors: Float32Array,
  dim: number,
  query: Float32Array,
  among: readonly number[],
  { metric, k = 10 }: { readonly metric: MetricName; readonly k?: number },
): number[] {
  return among
    .map((id) => ({ id, score: score(metric, query, vectors.subarray(id * dim, (id + 1) * dim)) }))
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .slice(0, k)
    .map(({ id }) => id);
}

/** Larger is nearer. */
function score(metric: MetricName, a: Float32Array, b: Float32Array): number {
  let dot = 0;
  let squaresOfA = 0;
  let squaresOfB = 0;
  let l1 = 0;
  let l2Squared = 0;
  for (let d = 0; d < a.length; d++) {
    const x = a[d] as number;
    const y = b[d] as number;
    dot += x * y;
    squaresOfA += x * x;
    squaresOfB += y * y;
    l1 += Math.abs(x - y);
    l2Squared += (x - y) ** 2;
  }
  const scores = {
    cosine: dot / Math.sqrt(squaresOfA * squaresOfB),
    dot,
    manhattan: -l1,
    euclidean: -l2Squared,
  };
  return scores[metric];
}
