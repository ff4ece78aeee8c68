/**
Hits grouped by a payload field.

A point whose field is an array is in a group of each of its values. Values are strings and integers; a point with any
other value there is in no group, as in Qdrant. Hits are asked for in rounds, each of several times as many, until every
group is full or there are no more; what is full already is not asked for again.

@module
*/
import type { Filter } from '../filter/types.js';
import { parsePath, someValueAt } from '../payload/path.js';
import type { Payload, ScoredPoint } from '../types.js';
import { checkGroupRequest, type Stage } from './check-query.js';
import { bothFilters, runChecked } from './run-query.js';
import type { Searcher } from './target.js';
import type { GroupRequest, PointGroup } from './types.js';

type GroupId = string | number;

/** Hits of a round, as a multiple of those of the round before. */
const growth = 4;

/** Groups by their best hit. @throws What `runQuery` throws. */
export async function runGroups(
  request: GroupRequest,
  searcher: Searcher,
  signal?: AbortSignal,
): Promise<PointGroup[]> {
  const { groupBy, groupSize, limit, stage, withPayload, withVector } = checkGroupRequest(request);
  // Where a filter would change which hits are fused or chosen, only the number of hits may grow.
  const narrow =
    stage.prefetch.length === 0 &&
    stage.query.kind !== 'sample' &&
    !(stage.query.kind === 'nearest' && stage.query.mmr !== undefined);
  const grown = narrow ? stage : withLimits(stage, groupSize);
  const asked = { offset: 0, withPayload: [groupBy], withVector: false };
  let groups = new Map<GroupId, ScoredPoint[]>();
  // Of conditions that any payload may meet, whatever its type.
  const narrowed = (added: object) => bothFilters(stage.filter, added as Filter);
  const grouped = { must_not: [{ is_empty: { key: groupBy } }] };
  let filter = narrow ? narrowed(grouped) : stage.filter;
  for (let k = stage.k; ; k *= growth) {
    const hits = await runChecked({ ...asked, stage: { ...grown, filter, k } }, searcher, signal);
    if (!narrow) groups = new Map();
    for (const hit of hits) add(groups, hit, groupBy, groupSize);
    const best = [...groups].slice(0, limit);
    const full = best.filter(([, { length }]) => length === groupSize);
    if (hits.length < k || full.length === limit) break;
    if (!narrow) continue;
    const lacking = best.filter(([, { length }]) => length < groupSize);
    filter = narrowed(
      best.length < limit
        ? { must: [grouped, ...matching(groupBy, 'except', full)] }
        : { should: matching(groupBy, 'any', lacking) },
    );
  }
  return complete([...groups].slice(0, limit), searcher, { withPayload, withVector }, signal);
}

function add(groups: Map<GroupId, ScoredPoint[]>, hit: ScoredPoint, path: string, size: number): void {
  for (const id of groupIds(hit.payload ?? {}, path)) {
    const hits = groups.get(id) ?? [];
    groups.set(id, hits);
    if (hits.length < size && !hits.some((known) => known.id === hit.id)) hits.push(hit);
  }
}

/** Distinct values at a path; none where one of them makes no group. */
export function groupIds(payload: Payload, path: string): ReadonlySet<GroupId> {
  const values = new Set<GroupId>();
  const isNoGroup = someValueAt(payload, parsePath(path, 'groupBy'), (value) => {
    if (typeof value !== 'string' && !Number.isInteger(value)) return true;
    values.add(value as GroupId);
    return false;
  });
  return isNoGroup ? new Set() : values;
}

/** Conditions on the values of these groups: one for strings, one for integers. */
function matching(
  key: string,
  how: 'any' | 'except',
  groups: readonly (readonly [GroupId, unknown])[],
): unknown[] {
  return (['string', 'number'] as const).flatMap((type) => {
    const ids = groups.map(([id]) => id).filter((id) => typeof id === type);
    return ids.length === 0 ? [] : [{ key, match: { [how]: ids } }];
  });
}

/** Prefetches of as many times the points, so that groups may be full. */
function withLimits(stage: Stage, times: number): Stage {
  const prefetch = stage.prefetch.map((inner) => withLimits({ ...inner, k: inner.k * times }, times));
  return { ...stage, prefetch };
}

async function complete(
  groups: readonly (readonly [GroupId, readonly ScoredPoint[]])[],
  searcher: Searcher,
  selected: Parameters<Searcher['retrieve']>[1],
  signal?: AbortSignal,
): Promise<PointGroup[]> {
  const ids = [...new Set(groups.flatMap(([, hits]) => hits.map(({ id }) => id)))];
  const wanted = selected.withPayload !== false || selected.withVector !== false;
  const records = wanted && ids.length > 0 ? await searcher.retrieve(ids, selected, signal) : [];
  const byId = new Map(records.map((record) => [record.id, record]));
  return groups.map(([id, hits]) => ({
    id,
    hits: hits.map((hit) => ({
      ...(byId.get(hit.id) ?? { id: hit.id }),
      score: hit.score,
      distance: hit.distance,
    })),
  }));
}
