/**
Vectors of texts, by the function that a collection was opened with.

@module
*/
import { invalidArgument, invalidState } from '../../bindings/api/errors.js';
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
  if (embed === undefined)
    throw invalidState(
      `a collection that was opened with \`embed\`, for texts${byWords(shapes)}`,
      'one without',
    );
  const shape = shapes.dense.get(using);
  if (shape === undefined) throw unknownVector(using, shapes, true);
  const vectors = await embed(texts);
  if (!Array.isArray(vectors) || vectors.length !== texts.length)
    throw invalidArgument(`embed to give ${texts.length} vectors, one a text`, vectors);
  const where = `a vector of ${model === undefined ? 'the model' : `the model ${model}`}`;
  return vectors.map((vector) => checkDense(vector, shape, where));
}

/** How texts are searched without a model, where there is a text index. */
function byWords({ sparse }: VectorShapes): string {
  const names = [...sparse].flatMap(([name, { text }]) => (text === undefined ? [] : [`using: '${name}'`]));
  return names.length === 0 ? '' : ` (it is searched by words with \`${names.join('` or `')}\`)`;
}
