/**
Recall of Faiss's codes on the same rows and queries (tests/data/make_faiss_codes.py).

@module
*/
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { paths } from '../../paths.js';
import type { DataSet } from '../../rows/data-sets.js';

export interface FaissFigures {
  readonly code_bytes: number;
  /** Recall by the codes alone. */
  readonly alone: number;
  /** Recall of rescoring at these oversamplings. */
  readonly x2: number;
  readonly x4: number;
  readonly x10: number;
}

/** By the names of Faiss's codes; none for data that it was not asked about. */
export async function faissFigures({ rows }: DataSet): Promise<Readonly<Record<string, FaissFigures>>> {
  const file = await readFile(join(paths.root, 'tests/data/faiss_codes.json'), 'utf8');
  return JSON.parse(file).sets[rows.replace('.rows.f32', '')] ?? {};
}
