/**
Checks of queries, made before anything is searched. Every message names the place: `prefetch[1].query.recommend`.

What Qdrant's Query API has and this package has not is told from what is misspelt.

@module
*/
import { checkInteger, isFloat32Array, isUint32Array } from '../../../bindings/api/arguments.js';
import { invalidArgument, invalidState, VectorSearchError } from '../../../bindings/api/errors.js';
import { checkNames, type NamesOf } from '../../../bindings/api/option-names.js';
import type { Complete } from '../../../bindings/api/types.js';
import { checkFilter } from '../filter/check.js';
import type { Filter } from '../filter/types.js';
import { copyOfJson } from '../payload/edit.js';
import type { OrderBy, PointId, SearchParams, Selected, WithPayload, WithVector } from '../types.js';
import type { SparseArrays } from './average-vector.js';
import { rrfConstant } from './fusion.js';
import type {
  GroupRequest,
  MmrOptions,
  Prefetch,
  QueryRequest,
  RecommendRequest,
  RecommendStrategy,
} from './types.js';

/** An example, told apart. */
export type Example =
  | { readonly kind: 'id'; readonly id: PointId; readonly path: string }
  | { readonly kind: 'dense'; readonly vector: Float32Array; readonly path: string }
  | ({ readonly kind: 'sparse'; readonly path: string } & SparseArrays);

/** Two of them. */
export interface ExamplePair {
  readonly positive: Example;
  readonly negative: Example;
}

/** A query, told apart, its defaults filled in. */
export type CheckedQuery =
  | { readonly kind: 'nearest'; readonly example: Example; readonly mmr?: Complete<MmrOptions> }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'recommend';
      readonly positive: readonly Example[];
      readonly negative: readonly Example[];
      readonly strategy: RecommendStrategy;
    }
  | { readonly kind: 'discover'; readonly target: Example; readonly context: readonly ExamplePair[] }
  | { readonly kind: 'context'; readonly context: readonly ExamplePair[] }
  | { readonly kind: 'orderBy'; readonly orderBy: OrderBy }
  | { readonly kind: 'rrf'; readonly k: number; readonly weights?: readonly number[] }
  | { readonly kind: 'dbsf' }
  | { readonly kind: 'sample' }
  | { readonly kind: 'ids' };

/** A search, and those whose hits it works on. */
export interface Stage {
  readonly path: string;
  readonly query: CheckedQuery;
  readonly prefetch: readonly Stage[];
  readonly using: string;
  readonly filter: Filter | undefined;
  readonly params: SearchParams | undefined;
  readonly scoreThreshold: number | undefined;
  readonly k: number;
}

/** A whole query. */
export interface CheckedRequest {
  readonly stage: Stage;
  readonly offset: number;
  readonly withPayload: WithPayload;
  readonly withVector: WithVector;
}

/** How hits are grouped, beside their query, whose `k` is that of full groups. */
interface CheckedGroups {
  readonly groupBy: string;
  readonly groupSize: number;
  readonly limit: number;
}

type Names<Options> = NamesOf<Required<Options>>;

/** Of prefetches in prefetches. */
const maxDepth = 64;

const paramNames: Names<SearchParams> = {
  efSearch: true,
  nprobe: true,
  exact: true,
  rescore: true,
  oversampling: true,
};
const selectedNames: Names<Selected> = { withPayload: true, withVector: true };
const prefetchNames: Names<Prefetch> = {
  query: true,
  prefetch: true,
  k: true,
  filter: true,
  using: true,
  scoreThreshold: true,
  params: true,
};
const queryNames: Names<QueryRequest> = { ...prefetchNames, ...selectedNames, offset: true };
const { k: _k, offset: _offset, ...ungroupedNames } = queryNames;
const { query: _query, prefetch: _prefetch, ...searchNames } = queryNames;
const groupNames: Names<GroupRequest> = { ...ungroupedNames, groupBy: true, groupSize: true, limit: true };
const exampleListNames = { positive: true, negative: true, strategy: true } as const;
const recommendNames: Names<RecommendRequest> = { ...searchNames, ...exampleListNames };

const strategies: readonly unknown[] = ['average_vector', 'best_score', 'sum_scores'];

/** Of Qdrant's requests and queries, by both spellings. */
const notSupported = new Set([
  'formula',
  'relevance_feedback',
  'relevanceFeedback',
  'lookup_from',
  'lookupFrom',
  'with_lookup',
  'withLookup',
]);

export function checkQueryRequest(request: QueryRequest): CheckedRequest {
  checkObject('the request', request, queryNames);
  return checkRequest(request);
}

export function checkRecommendRequest(request: RecommendRequest): CheckedRequest {
  checkObject('the request', request, recommendNames);
  const { positive, negative, strategy, ...search } = request;
  return checkRequest(search, checkRecommend({ positive, negative, strategy }, ''));
}

export function checkGroupRequest(request: GroupRequest): CheckedRequest & CheckedGroups {
  checkObject('the request', request, groupNames);
  const { groupBy, groupSize = 3, limit = 10, ...query } = request;
  checkText('groupBy', groupBy);
  checkInteger('groupSize', groupSize, 1);
  checkInteger('limit', limit, 1);
  checkInteger('limit times groupSize', limit * groupSize, 1);
  return { ...checkRequest({ ...query, k: limit * groupSize }), groupBy, groupSize, limit };
}

/** `query`: where it is checked already. */
function checkRequest(request: QueryRequest, query?: CheckedQuery): CheckedRequest {
  const { offset = 0, withPayload = false, withVector = false } = request;
  checkInteger('offset', offset, 0);
  checkSelected(request);
  return { stage: checkStage(request, '', query), offset, withPayload, withVector };
}

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
export function checkSelected({ withPayload = true, withVector = false }: Selected): void {
  checkWithPayload(withPayload);
  if (typeof withVector !== 'boolean' && !isTexts(withVector))
    throw invalidArgument('withVector to be true, false or names', withVector);
}

function checkWithPayload(selected: unknown): void {
  if (typeof selected === 'boolean' || isTexts(selected)) return;
  if (typeof selected === 'object' && selected !== null) {
    const [entry, ...others] = Object.entries(selected);
    if (entry !== undefined && others.length === 0 && /^(in|ex)clude$/.test(entry[0]) && isTexts(entry[1])) {
      return;
    }
  }
  throw invalidArgument(
    'withPayload to be true, false, keys, { include: keys } or { exclude: keys }',
    selected,
  );
}

/** `path`: empty for the request itself, else with a dot at its end. */
function checkStage(request: QueryRequest, path: string, known?: CheckedQuery, depth = 0): Stage {
  if (depth > maxDepth) throw invalidState(`prefetch to nest at most ${maxDepth} deep`, 'more');
  const { query, using, filter, params, scoreThreshold, k = 10 } = request;
  checkInteger(`${path}k`, k, 1);
  if (using !== undefined && typeof using !== 'string')
    throw invalidArgument(`${path}using to be the name of a vector`, using);
  if (filter !== undefined && (typeof filter !== 'object' || filter === null))
    throw invalidArgument(`${path}filter to be an object`, filter);
  if (filter !== undefined) checkFilter(filter);
  if (scoreThreshold !== undefined) checkNumber(`${path}scoreThreshold`, scoreThreshold);
  checkParams(params, `${path}params`);
  const prefetch = listOf(request.prefetch).map((inner, position) => {
    const innerPath = `${path}prefetch${Array.isArray(request.prefetch) ? `[${position}]` : ''}`;
    checkObject(innerPath, inner, prefetchNames);
    return checkStage(inner, `${innerPath}.`, undefined, depth + 1);
  });
  const checked = known ?? checkQuery(query, `${path}query`, k, prefetch.length);
  const { kind } = checked;
  if (kind === 'ids' && prefetch.length > 0)
    throw invalidArgument(
      `${path}query to make one list of what was prefetched, as { fusion: 'rrf' }`,
      query,
    );
  if (scoreThreshold !== undefined && (kind === 'ids' || kind === 'orderBy'))
    throw invalidArgument(`${path}scoreThreshold with a query that has scores`, scoreThreshold);
  if (using && (kind === 'rrf' || kind === 'dbsf'))
    throw invalidArgument(`${path}fusion without \`using\``, using);
  return {
    ...{ path, query: checked, prefetch, using: using ?? '', params, scoreThreshold, k },
    // A copy: the caller may alter it while examples are looked up.
    filter: filter === undefined ? undefined : copyOfJson(filter),
  };
}

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
export function checkParams(params: SearchParams | undefined, path: string): void {
  if (params === undefined) return;
  checkObject(path, params, paramNames);
  const { efSearch = 1, nprobe = 1, exact = false, rescore = false, oversampling = 1 } = params;
  checkInteger(`${path}.efSearch`, efSearch, 1);
  checkInteger(`${path}.nprobe`, nprobe, 1);
  checkNumber(`${path}.oversampling`, oversampling, 1);
  for (const [name, value] of Object.entries({ exact, rescore })) {
    if (typeof value !== 'boolean') throw invalidArgument(`${path}.${name} to be true or false`, value);
  }
}

/** `k`: hits that are asked for; `lists`: how many were prefetched. */
function checkQuery(query: unknown, path: string, k: number, lists: number): CheckedQuery {
  if (query === undefined) return { kind: 'ids' };
  if (isExample(query)) return { kind: 'nearest', example: checkExample(query, path) };
  checkObject(path, query, { ...queryKinds, mmr: true });
  const { mmr, ...rest } = query as { mmr?: unknown };
  const [entry, ...others] = Object.entries(rest);
  if (entry === undefined || others.length > 0 || (mmr !== undefined && entry[0] !== 'nearest'))
    throw invalidArgument(
      `${path} to have one of ${Object.keys(queryKinds).join(', ')}; mmr with nearest alone`,
      query,
    );
  const [kind, value] = entry;
  const at = `${path}.${kind}`;
  const checked: CheckedQuery = (queryKinds as Record<string, Checker>)[kind]!(value, at, lists);
  if (checked.kind !== 'nearest' || mmr === undefined) return checked;
  return { ...checked, mmr: checkMmr(mmr, `${path}.mmr`, k) };
}

type Checker = (value: unknown, path: string, lists: number) => CheckedQuery;

const queryKinds = {
  nearest: (value, path) => ({ kind: 'nearest', example: checkExample(value, path) }),
  text: (value, path) => ({ kind: 'text', text: checkText(path, value) }),
  recommend: checkRecommend,
  discover: (value, path) => {
    checkObject(path, value, { target: true, context: true });
    const { target, context } = value as Record<string, unknown>;
    return {
      kind: 'discover',
      target: checkExample(target, `${path}.target`),
      context: checkPairs(context, `${path}.context`, 0),
    };
  },
  context: (value, path) => ({ kind: 'context', context: checkPairs(value, path, 1) }),
  orderBy: (value, path) => ({ kind: 'orderBy', orderBy: checkOrderBy(value, path) }),
  fusion: (value, path, lists) => {
    if (value !== 'rrf' && value !== 'dbsf') throw invalidArgument(`${path} to be 'rrf' or 'dbsf'`, value);
    checkLists(path, lists);
    return value === 'dbsf' ? { kind: 'dbsf' } : { kind: 'rrf', k: rrfConstant };
  },
  rrf: (value, path, lists) => {
    checkObject(path, value, { k: true, weights: true });
    const { k = rrfConstant, weights } = value as { k?: number; weights?: readonly number[] };
    checkInteger(`${path}.k`, k, 1);
    checkLists(path, lists);
    if (weights === undefined) return { kind: 'rrf', k };
    if (!Array.isArray(weights) || weights.length !== lists)
      throw invalidArgument(`${path}.weights to be ${lists} numbers, one a prefetch`, weights);
    for (const weight of weights) checkNumber(`${path}.weights`, weight, 0);
    return { kind: 'rrf', k, weights };
  },
  sample: (value, path) => {
    if (value !== 'random') throw invalidArgument(`${path} to be 'random'`, value);
    return { kind: 'sample' };
  },
} satisfies Record<string, Checker>;

function checkLists(path: string, lists: number): void {
  if (lists === 0) throw invalidArgument(`a prefetch whose hits ${path} puts together`, undefined);
}

function checkMmr(mmr: unknown, path: string, k: number): Complete<MmrOptions> {
  checkObject(path, mmr, { diversity: true, candidatesLimit: true });
  const { diversity = 0.5, candidatesLimit = k } = mmr as MmrOptions;
  checkNumber(`${path}.diversity`, diversity, 0, 1);
  checkInteger(`${path}.candidatesLimit`, candidatesLimit, 1);
  return { diversity, candidatesLimit };
}

/** `path`: of the object that holds the examples; empty for the request. */
function checkRecommend(value: unknown, path: string): CheckedQuery {
  checkObject(path, value, exampleListNames);
  const { positive, negative, strategy = 'average_vector' } = value as Record<string, unknown>;
  const inside = path && `${path}.`;
  if (!strategies.includes(strategy))
    throw invalidArgument(`${inside}strategy to be one of ${strategies.join(', ')}`, strategy);
  const checked = {
    kind: 'recommend' as const,
    positive: checkExamples(positive, `${inside}positive`),
    negative: checkExamples(negative, `${inside}negative`),
    strategy: strategy as RecommendStrategy,
  };
  if (checked.positive.length === 0 && (strategy === 'average_vector' || checked.negative.length === 0))
    throw invalidArgument(`${inside}positive to have an example`, positive);
  return checked;
}

/** `key`, or `{ key, direction, startFrom }`. */
export function checkOrderBy(value: unknown, path: string): OrderBy {
  if (typeof value === 'string') return { key: checkText(path, value) };
  checkObject(path, value, { key: true, direction: true, startFrom: true }, 'a key or an object');
  const { key, direction, startFrom } = value as Record<string, unknown>;
  checkText(`${path}.key`, key);
  if (direction !== undefined && direction !== 'asc' && direction !== 'desc')
    throw invalidArgument(`${path}.direction to be 'asc' or 'desc'`, direction);
  if (startFrom !== undefined && typeof startFrom !== 'string') checkNumber(`${path}.startFrom`, startFrom);
  return value as OrderBy;
}

function checkExamples(examples: unknown = [], path: string): Example[] {
  if (!Array.isArray(examples)) throw invalidArgument(`${path} to be an array of ids and vectors`, examples);
  return examples.map((example, position) => checkExample(example, `${path}[${position}]`));
}

function checkPairs(context: unknown, path: string, least: number): ExamplePair[] {
  const pairs = listOf(context);
  if (context === undefined || pairs.length < least)
    throw invalidArgument(`${path} to be a pair of examples, or an array of them`, context);
  return pairs.map((pair, position) => {
    const at = Array.isArray(context) ? `${path}[${position}]` : path;
    checkObject(at, pair, { positive: true, negative: true });
    const { positive, negative } = pair as Record<string, unknown>;
    return {
      positive: checkExample(positive, `${at}.positive`),
      negative: checkExample(negative, `${at}.negative`),
    };
  });
}

function isExample(value: unknown): boolean {
  return (
    typeof value !== 'object' ||
    value === null ||
    Array.isArray(value) ||
    ArrayBuffer.isView(value) ||
    'indices' in value
  );
}

function checkExample(value: unknown, path: string): Example {
  if (typeof value === 'number') return { kind: 'id', id: checkInteger(`the id ${path}`, value, 0), path };
  if (typeof value === 'string') return { kind: 'id', id: checkText(path, value), path };
  if (typeof value === 'object' && value !== null && 'indices' in value) {
    checkObject(path, value, { indices: true, values: true });
    return { kind: 'sparse', ...checkSparse(value as Record<string, unknown>, path), path };
  }
  return { kind: 'dense', vector: checkValues(value, path, 'an id or a vector'), path };
}

function checkSparse({ indices, values }: Record<string, unknown>, path: string): SparseArrays {
  if (!Array.isArray(indices) && !isUint32Array(indices))
    throw invalidArgument(`${path}.indices to be a Uint32Array or an array of numbers`, indices);
  const given = checkValues(values, `${path}.values`);
  if (indices.length !== given.length)
    throw new VectorSearchError('DIMENSION_MISMATCH', `as many ${path}.values as indices`, given.length);
  const order = Array.from(indices, (index: unknown, i) => ({
    index: checkInteger(`${path}.indices[${i}]`, index, 0, 0xffffffff),
    value: given[i] as number,
  })).sort((a, b) => a.index - b.index);
  order.forEach(({ index }, i) => {
    if (index === order[i - 1]?.index) throw invalidArgument(`${path}.indices to be distinct`, index);
  });
  return {
    indices: Uint32Array.from(order, ({ index }) => index),
    values: Float32Array.from(order, ({ value }) => value),
  };
}

/** A copy: examples outlive the call in which they were given. */
function checkValues(values: unknown, path: string, wanted = 'a vector'): Float32Array {
  // An array whose memory was given away has no values, and cannot be copied.
  if (isFloat32Array(values)) return values.length === 0 ? new Float32Array(0) : values.slice();
  if (!Array.isArray(values)) throw invalidArgument(`${path} to be ${wanted}`, values);
  values.forEach((value, i) => {
    if (typeof value !== 'number') throw invalidArgument(`value ${i} of ${path} to be a number`, value);
  });
  return Float32Array.from(values);
}

function checkObject(
  path: string,
  value: unknown,
  names: object,
  wanted = 'an object',
): asserts value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidArgument(`${path} to be ${wanted}`, value);
  for (const name of Object.keys(value)) {
    if (notSupported.has(name))
      throw new VectorSearchError(
        'NOT_SUPPORTED',
        undefined,
        path === 'the request' ? name : `${path}.${name}`,
      );
  }
  checkNames(value, names, `${path} to have`);
}

function checkText(path: string, value: unknown): string {
  if (typeof value !== 'string' || value === '')
    throw invalidArgument(`${path} to be a string that is not empty`, value);
  return value;
}

function checkNumber(path: string, value: unknown, minimum = -Infinity, maximum = Infinity): void {
  if (typeof value === 'number' && Number.isFinite(value) && value >= minimum && value <= maximum) return;
  const range =
    maximum < Infinity
      ? ` from ${minimum} to ${maximum}`
      : minimum > -Infinity
        ? ` of at least ${minimum}`
        : '';
  throw invalidArgument(`${path} to be a number${range}`, value);
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value as T];
}
