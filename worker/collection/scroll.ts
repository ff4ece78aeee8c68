/**
Scrolling through the points of all shards, a page of each at a time.

@module
*/
import { checkCallOptions, checkInteger } from '../../bindings/api/arguments.js';
import { invalidArgument } from '../../bindings/api/errors.js';
import { checkNames, type NamesOf } from '../../bindings/api/option-names.js';
import type { CallOptions } from '../options.js';
import type { Calls } from './calls.js';
import { ownCopyOf } from './copy-of.js';
import { checkFilter } from './filter/check.js';
import { checkPointId } from './point-ids.js';
import { checkOrderBy, checkSelected } from './query/check-query.js';
import { comparePointIds } from './query/order.js';
import { type ShardSearcher, unpackPoints } from './searcher.js';
import type { ShardGroup } from './shard-group.js';
import type { ShardScroll } from './shard-protocol.js';
import type { OrderBy, PointId, PointRecord, ScrollRequest } from './types.js';

/** Points that are fetched from a shard at a time. */
const scrollPage = 256;

const scrollNames: NamesOf<ScrollRequest> = {
  ...{ filter: true, limit: true, offset: true, orderBy: true },
  ...{ withPayload: true, withVector: true, signal: true },
};

/** What a scroll goes through. Each page is a call of its own. */
interface Scrolled {
  readonly shards: ShardGroup;
  readonly searcher: ShardSearcher;
  readonly calls: Calls;
}

/** Points in the order of their ids, or of a field; checks the request when the first is asked for. */
export async function* scroll(
  scrolled: Scrolled,
  asked: ScrollRequest,
): AsyncGenerator<PointRecord, void, void> {
  checkCallOptions(asked);
  checkNames(asked, scrollNames);
  const { signal, ...rest } = asked;
  const request: ScrollRequest = { ...ownCopyOf(rest), ...(signal !== undefined && { signal }) };
  checkSelected(request);
  scrolled.searcher.checkWithVector(request.withVector ?? false);
  const { limit = Number.POSITIVE_INFINITY, orderBy } = request;
  if (limit !== Number.POSITIVE_INFINITY) checkInteger('limit', limit, 1);
  const points =
    orderBy === undefined
      ? scrollById(scrolled, request)
      : scrollBy(scrolled, checkOrderBy(orderBy, 'orderBy'), request);
  let count = 0;
  for await (const point of points) {
    yield point;
    if (++count === limit) return;
  }
}

/** In the order of ids: the next page of each shard, merged. */
async function* scrollById(
  { shards: group, searcher, calls }: Scrolled,
  request: ScrollRequest,
): AsyncGenerator<PointRecord, void, void> {
  const { filter, offset, withPayload = true, withVector = false, limit = scrollPage, signal } = request;
  const checked = filter === undefined ? undefined : checkFilter(filter);
  if (offset !== undefined && offset !== null) checkPointId(offset, 'offset');
  const page = Math.min(limit, scrollPage);
  const shards = searcher.shardsFor(checked).map((shard) => ({
    shard,
    points: [] as PointRecord[],
    place: 0,
    from: offset === undefined || offset === null ? undefined : { id: offset, included: true },
    ended: false,
  }));
  let told: PointId | undefined;
  for (;;) {
    const empty = shards.filter(({ points, place, ended }) => place === points.length && !ended);
    await Promise.all(
      empty.map(async (state) => {
        const { from } = state;
        const asked: ShardScroll = { filter: checked, from, limit: page, withPayload, withVector };
        const answer = await calls.read('scroll', stoppedBy(signal), undefined, () =>
          group.call(state.shard, 'scroll', [asked], { signal, readOnly: true }),
        );
        state.points = unpackPoints(answer);
        state.place = 0;
        state.ended = state.points.length < page;
        const last = state.points.at(-1);
        if (last !== undefined) state.from = { id: last.id, included: false };
      }),
    );
    const first = shards
      .filter(({ points, place }) => place < points.length)
      .sort((a, b) => comparePointIds(headOf(a).id, headOf(b).id))[0];
    if (first === undefined) return;
    const point = headOf(first);
    first.place++;
    // One that moves from one shard to another meanwhile comes once.
    if (told !== undefined && comparePointIds(point.id, told) <= 0) continue;
    told = point.id;
    yield point;
  }
}

/** In the order of a field: all ids at once, then points page by page. */
async function* scrollBy(
  { shards, searcher, calls }: Scrolled,
  order: OrderBy,
  { filter, offset, withPayload, withVector, limit, signal }: ScrollRequest,
): AsyncGenerator<PointRecord, void, void> {
  if (offset !== undefined && offset !== null)
    throw invalidArgument('orderBy without offset (startFrom takes a value)', offset);
  const checked = filter === undefined ? undefined : checkFilter(filter);
  const sign = order.direction === 'desc' ? -1 : 1;
  const settings = { signal, readOnly: true };
  const lists = await calls.read('scroll', stoppedBy(signal), undefined, () =>
    shards.callEach(
      searcher.shardsFor(checked),
      'ordered',
      () => [order, checked, limit ?? 0xffffffff],
      settings,
    ),
  );
  const points = lists
    .flatMap(({ ids, values }) => ids.map((id, index) => ({ id, value: values[index] as number })))
    .sort((a, b) => sign * (a.value - b.value) || comparePointIds(a.id, b.id));
  const selected = { withPayload: withPayload ?? true, withVector: withVector ?? false };
  for (let start = 0; start < points.length; start += scrollPage) {
    const ids = points.slice(start, start + scrollPage).map(({ id }) => id);
    yield* await calls.read('scroll', stoppedBy(signal), undefined, () =>
      searcher.retrieve(ids, selected, signal),
    );
  }
}

function stoppedBy(signal: AbortSignal | undefined): CallOptions {
  return signal === undefined ? {} : { signal };
}

function headOf({
  points,
  place,
}: {
  readonly points: readonly PointRecord[];
  readonly place: number;
}): PointRecord {
  return points[place] as PointRecord;
}
