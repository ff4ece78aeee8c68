/**
A scroll through another tab: every page a call of its own, so that the next writer can go on with it.

@module
*/
import { checkCallOptions } from '../../../bindings/api/arguments.js';
import type { CallOptions } from '../../options.js';
import { checkSelected } from '../query/check-query.js';
import type { PointId, PointRecord, ScrollRequest, Selected } from '../types.js';

/** Points of a page. With the one before it, that the page begins with, as many as shards are asked for at a time. */
const pageSize = 255;

/** The calls that pages take. */
export interface PageCalls {
  /** The points of a scroll, all at once. */
  page(request: ScrollRequest): Promise<PointRecord[]>;
  retrieve(ids: readonly PointId[], options: Selected & CallOptions): Promise<PointRecord[]>;
}

export async function* scrollByPages(
  request: ScrollRequest,
  calls: PageCalls,
): AsyncGenerator<PointRecord, void, void> {
  checkCallOptions(request);
  checkSelected(request);
  yield* request.orderBy === undefined ? byId(request, calls) : byField(request, calls);
}

async function* byId(request: ScrollRequest, calls: PageCalls): AsyncGenerator<PointRecord, void, void> {
  const { limit } = request;
  let left = limit ?? Number.POSITIVE_INFINITY;
  let after: PointId | undefined;
  for (;;) {
    // What is no limit is refused as it is.
    const size = left > pageSize ? pageSize : left;
    const asked = after === undefined ? size : size + 1;
    const page = await calls.page({
      ...request,
      limit: asked,
      ...(after !== undefined && { offset: after }),
    });
    const points = page.filter(({ id }) => id !== after).slice(0, size);
    yield* points;
    left -= points.length;
    if (page.length < asked || left <= 0) return;
    after = points.at(-1)?.id;
  }
}

/** All ids at once, then points page by page: as the shards are asked. */
async function* byField(request: ScrollRequest, calls: PageCalls): AsyncGenerator<PointRecord, void, void> {
  const { withPayload = true, withVector = false, signal } = request;
  const listed = await calls.page({ ...request, withPayload: false, withVector: false });
  for (let start = 0; start < listed.length; start += pageSize) {
    const ids = listed.slice(start, start + pageSize).map(({ id }) => id);
    yield* await calls.retrieve(ids, { withPayload, withVector, ...(signal !== undefined && { signal }) });
  }
}
