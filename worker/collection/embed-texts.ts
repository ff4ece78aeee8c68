/**
Vectors of texts, by the function that a collection was opened with.

@module
*/
import { invalidArgument } from '../../bindings/api/errors.js';
import type { Embed } from './types.js';
import { checkDense, unknownVector, type VectorShapes } from './vectors.js';

/** What makes vectors of texts, where there is something. */
export interface Embedding {
  readonly embed?: Embed | undefined;
  /** What errors call it. */
  readonly model?: string | undefined;
}

/** @throws {VectorSearchError} where there is no `embed`, or it gives other vectors than `using` takes. */
export async function embedTexts(
  texts: readonly string[],
  { embed, model }: Embedding,
  shapes: VectorShapes,
  using: string,
): Promise<Float32Array[]> {
  const shape = shapes.dense.get(using);
  if (shape === undefined) throw unknownVector(using, shapes, true);
  if (embed === undefined)
    throw invalidArgument('a collection that was opened with `embed`, for texts', 'one without');
  const vectors = await embed(texts);
  if (!Array.isArray(vectors) || vectors.length !== texts.length)
    throw invalidArgument(`embed to give ${texts.length} vectors, one a text`, vectors);
  const where = `a vector of ${model === undefined ? 'the model' : `the model ${model}`}`;
  return vectors.map((vector) => checkDense(vector, shape, where));
}
