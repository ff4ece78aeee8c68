/**
The rows that are searched, as files of little-endian floats that every program reads.

@module
*/
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metric } from 'vicinal';
import { readNpy } from '../../../web/data/npy.mjs';
import { decodeImages } from '../../../web/fashion.js';
import { decodeEmbeddings } from '../../../web/passages.js';
import { paths } from '../paths.js';
import { clusteredRows, normalised } from './clustered-rows.js';

/** Rows and queries, the queries not among the rows. */
export interface DataSet {
  /** For people: `clusters, 100,000 x 768`. */
  readonly title: string;
  readonly dim: number;
  readonly rowCount: number;
  readonly queryCount: number;
  /** What these vectors are made to be compared by. */
  readonly metric: Metric;
  /** Names of the files in the data folder: `[rowCount x dim]` and `[queryCount x dim]`. */
  readonly rows: string;
  readonly queries: string;
}

export const QUERY_COUNT = 100;

/** Seeded clusters. Their files are kept, since 100,000 rows take a while. */
export async function clusters(rowCount: number, dim: number): Promise<DataSet> {
  const set = describe('clusters', 'cosine', dim, rowCount);
  if (![set.rows, set.queries].every(isWritten)) {
    await write(set, clusteredRows(rowCount, dim, 2), clusteredRows(QUERY_COUNT, dim, 3));
  }
  return set;
}

/** The same rows with more queries, so that recall is known to a part in some thousand. */
export async function withManyQueries(set: DataSet, queryCount: number): Promise<DataSet> {
  const queries = set.queries.replace('.queries.', `.${queryCount}-queries.`);
  if (!isWritten(queries)) await writeFloats(queries, clusteredRows(queryCount, set.dim, 3));
  return { ...set, queryCount, queries };
}

function isWritten(name: string): boolean {
  return existsSync(join(paths.data, name));
}

/** The demo's passages, decoded from the bytes that it ships. */
export async function passages(): Promise<DataSet> {
  const file = await readFile(join(paths.demoData, 'passages-vectors.bin'));
  const { dim, vectors } = decodeEmbeddings(new Uint8Array(file).buffer);
  return real('passages', 'cosine', vectors, dim);
}

/** The demo's images, scaled to unit length, which some packages need for cosine. */
export async function fashion(): Promise<DataSet> {
  const file = await readFile(join(paths.demoData, 'fashion.bin'));
  const { count, dim, slice } = await decodeImages(new Uint8Array(file).buffer);
  return real('fashion', 'cosine', normalised(slice(0, count), dim), dim);
}

/**
Real vectors that the repository does not hold: the passages' own floats, handwritten digits, features of images.

@param folder - With `passages-1024`, `digits-784` and `sift-128`, of NumPy arrays each.
*/
export async function realFrom(folder: string): Promise<DataSet[]> {
  const floats = (file: string) => readNpy(join(folder, file), Float32Array);
  const passageFloats = floats('passages-1024/vectors.npy');
  const digits = readNpy(join(folder, 'digits-784/vectors_u8.npy'), Uint8Array);
  const sift = floats('sift-128/base_4900.npy');
  const siftSet = describe('sift', 'euclidean', sift.dim, sift.count);
  await write(siftSet, sift.values, floats('sift-128/heldout_queries_100.npy').values);
  return [
    await real('passages-f32', 'cosine', passageFloats.values, passageFloats.dim),
    await real('digits', 'euclidean', Float32Array.from(digits.values), digits.dim),
    siftSet,
  ];
}

/** Of real vectors, some are queries, the rest to search. */
async function real(kind: string, metric: Metric, vectors: Float32Array, dim: number): Promise<DataSet> {
  const count = vectors.length / dim;
  const queries = new Set(queriesAmong(count));
  const isQuery = (row: number) => queries.has(row);
  const pick = (wanted: boolean) => vectors.filter((_, at) => isQuery(Math.floor(at / dim)) === wanted);
  const set = describe(kind, metric, dim, count - QUERY_COUNT);
  await write(set, pick(false), pick(true));
  return set;
}

/** Which of so many real vectors are its queries. */
export function queriesAmong(count: number): number[] {
  const every = Math.floor(count / QUERY_COUNT);
  return Array.from({ length: QUERY_COUNT }, (_, query) => query * every);
}

/** All rows and all queries of a data set. */
export async function readDataSet(set: DataSet): Promise<{ rows: Float32Array; queries: Float32Array }> {
  const [rows, queries] = await Promise.all([set.rows, set.queries].map(readFloats));
  return { rows: rows!, queries: queries! };
}

async function readFloats(name: string): Promise<Float32Array> {
  const { buffer, byteOffset, byteLength } = await readFile(join(paths.data, name));
  return new Float32Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

function describe(kind: string, metric: Metric, dim: number, rowCount: number): DataSet {
  const name = `${kind}-${rowCount}x${dim}`;
  return {
    metric,
    title: `${kind}, ${rowCount.toLocaleString('en')} x ${dim}`,
    dim,
    rowCount,
    queryCount: QUERY_COUNT,
    rows: `${name}.rows.f32`,
    queries: `${name}.queries.f32`,
  };
}

async function write(set: DataSet, rows: Float32Array, queries: Float32Array): Promise<void> {
  await writeFloats(set.rows, rows);
  await writeFloats(set.queries, queries);
}

/** A file that has its name only once it is whole. */
async function writeFloats(name: string, values: Float32Array): Promise<void> {
  await mkdir(paths.data, { recursive: true });
  const path = join(paths.data, name);
  await writeFile(`${path}.part`, values);
  await rename(`${path}.part`, path);
}
