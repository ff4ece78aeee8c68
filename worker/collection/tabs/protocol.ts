/**
The messages between the tabs that share a collection.

One tab is the *writer*: it holds the Web Lock of the collection and runs the shards. The others are *followers*. All
tabs listen on one public channel; each follower has a channel of its own, on which nobody but the writer listens, so
that vectors of one tab are not unpacked by all.

A follower joins: `join` on the public channel, `welcome` on its own; then it sends its calls, and `joined`. Every `call`
is answered once, by `result` or `error`. Points of an `upsert` are pulled: `pull`, `points`, `pull`, ... Who waits
sends `ping` and is told `pong`.

A new writer says `opening` while it opens the shards, then `hello`. Followers join anew, and send again what nobody has
answered: changes that the old writer may have made are `repeated`. These the new writer makes first, in the order in
which the old writer had them (`accepted`), before anything else is done: so none of them undoes what came after it.

`join` and `welcome` stay what they are in every release: from `version` alone a tab tells that it speaks to another one.

@module
*/
import type { Progress } from '../../../bindings/api/types.js';
import type { PackedError } from './tab-errors.js';

/** On the public channel. */
export type PublicMessage =
  | { readonly type: 'join'; readonly tab: string; readonly version: string }
  | { readonly type: 'opening'; readonly writer: string }
  | { readonly type: 'hello'; readonly writer: string };

/** On a follower's channel, to the writer. */
export type FollowerMessage = { readonly to: string } & (
  | CallMessage
  | { readonly type: 'stop'; readonly call: number }
  | PointsMessage
  /** All that waited for an answer was sent. */
  | { readonly type: 'joined' }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  | { readonly type: 'leave' }
);

export interface CallMessage {
  readonly type: 'call';
  readonly call: number;
  readonly method: TabMethod;
  /** The last of them: its options, less what cannot be sent. */
  readonly args: readonly unknown[];
  /** How many points an `upsert` has, where it is known. */
  readonly points: number | undefined;
  /** A change that another writer may have made. */
  readonly repeated: boolean;
  /** Its place among the changes of that writer, where it is known. */
  readonly order: number | undefined;
}

/** What was pulled. */
export interface PointsMessage {
  readonly type: 'points';
  readonly call: number;
  readonly points: readonly unknown[];
  /** `failed`: by an error that the follower keeps. */
  readonly end: 'ended' | 'failed' | undefined;
}

/** On a follower's channel, from the writer. */
export type WriterMessage = { readonly from: string } & (
  | { readonly type: 'welcome'; readonly version: string; readonly settings: Settings }
  | { readonly type: 'accepted'; readonly call: number; readonly order: number }
  | { readonly type: 'result'; readonly call: number; readonly value: unknown }
  | { readonly type: 'error'; readonly call: number; readonly error: PackedError }
  | { readonly type: 'progress'; readonly call: number; readonly progress: Progress }
  | { readonly type: 'pull'; readonly call: number }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' }
  /** The writer closes: what it has not answered is to be sent to the next one. */
  | { readonly type: 'leaving' }
);

/** What a collection was opened with, as far as all tabs must agree on it: JSON. */
export type Settings = { readonly [name: string]: unknown };

/** The calls of a collection that travel. `scroll`: one page. `snapshot`: one piece. */
export type TabMethod =
  | 'upsert'
  | 'delete'
  | 'setPayload'
  | 'overwritePayload'
  | 'deletePayload'
  | 'clearPayload'
  | 'updateVectors'
  | 'deleteVectors'
  | 'createPayloadIndex'
  | 'deletePayloadIndex'
  | 'optimize'
  | 'retrieve'
  | 'search'
  | 'searchBatch'
  | 'query'
  | 'queryGroups'
  | 'recommend'
  | 'scroll'
  | 'count'
  | 'facet'
  | 'snapshot'
  | 'info'
  | 'metrics'
  | 'verify'
  | 'prometheus';

const changes: ReadonlySet<TabMethod> = new Set<TabMethod>([
  ...(['upsert', 'delete', 'setPayload', 'overwritePayload', 'deletePayload', 'clearPayload'] as const),
  ...(['updateVectors', 'deleteVectors', 'createPayloadIndex', 'deletePayloadIndex', 'optimize'] as const),
]);

export function isChange(method: TabMethod): boolean {
  return changes.has(method);
}
