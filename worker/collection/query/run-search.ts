/**
Searches for the points nearest to a vector or a text.

@module
*/
import { checkInteger } from '../../../bindings/api/arguments.js';
import { invalidArgument } from '../../../bindings/api/errors.js';
import type { VectorInput } from '../../../bindings/api/types.js';
import type { Filter } from '../filter/types.js';
import type { DenseRequest, ShardSearcher } from '../searcher.js';
import type { CollectionSearchOptions, Hits } from '../types.js';
import { checkDense } from '../vectors.js';
import { checkParams, checkSelected } from './check-query.js';

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`, or what a search throws. */
export async function runSearch(
  query: VectorInput | string,
  options: CollectionSearchOptions,
  searcher: ShardSearcher,
): Promise<Hits> {
  const { using = '', offset = 0, signal } = options;
  if (typeof query === 'string' && searcher.isText(using)) {
    checkInteger('offset', offset, 0);
    const target = { kind: 'text', text: query } as const;
    const hits: Hits = await searcher.leaf({ ...leafRequest(options, offset), target }, signal);
    hits.splice(0, offset);
    return hits;
  }
  const vector = typeof query === 'string' ? await searcher.embed(query, using) : query;
  const [hits] = await searchDense([vector], options, searcher);
  return hits as Hits;
}

/** As {@link runSearch}, for many vectors at once: hits of each. */
export async function runSearchBatch(
  queries: readonly VectorInput[],
  options: CollectionSearchOptions,
  searcher: ShardSearcher,
): Promise<Hits[]> {
  if (!Array.isArray(queries)) throw invalidArgument('queries to be an array of vectors', queries);
  return queries.length === 0 ? [] : searchDense(queries, options, searcher);
}

async function searchDense(
  queries: readonly VectorInput[],
  options: CollectionSearchOptions,
  searcher: ShardSearcher,
): Promise<Hits[]> {
  const { using = '', offset = 0, signal } = options;
  const shape = searcher.dense(using);
  checkInteger('offset', offset, 0);
  const flat = new Float32Array(queries.length * shape.dim);
  queries.forEach((query, index) => {
    const where = queries.length === 1 ? 'the query' : `query ${index}`;
    flat.set(checkDense(query, shape, where), index * shape.dim);
  });
  const hits = await searcher.searchDense(flat, leafRequest(options, offset), signal);
  // What explains them stays with them.
  for (const list of hits) list.splice(0, offset);
  return hits;
}

/** A request as searches of shards take it. */
function leafRequest(request: CollectionSearchOptions, offset: number): DenseRequest {
  const {
    k = 10,
    using = '',
    withPayload = false,
    withVector = false,
    filter,
    params,
    scoreThreshold,
    explain = false,
  } = request;
  if (typeof explain !== 'boolean') throw invalidArgument('explain to be true or false', explain);
  if (scoreThreshold !== undefined && (typeof scoreThreshold !== 'number' || Number.isNaN(scoreThreshold)))
    throw invalidArgument('scoreThreshold to be a number', scoreThreshold);
  checkSelected(request);
  checkParams(params, 'params');
  return {
    k: checkInteger('k', k, 1) + offset,
    using,
    withPayload,
    withVector,
    ...(filter !== undefined && { filter: filter as Filter }),
    ...(params !== undefined && { params }),
    ...(scoreThreshold !== undefined && { scoreThreshold }),
    ...(explain && { explain }),
  };
}
