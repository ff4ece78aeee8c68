/**
The names of the options of a collection's calls. A misspelt one would be ignored: a change whose `key` is not heard is made
elsewhere than it was meant.

@module
*/
import type { NamesOf } from '../../bindings/api/option-names.js';
import type { CallOptions } from '../options.js';
import type { Collection } from './collection.js';
import type { VerifyOptions } from './durable/types.js';
import type { CollectionSearchOptions, FacetRequest, Selected, UpsertOptions } from './types.js';

const call: NamesOf<CallOptions> = { signal: true };
const selected: NamesOf<Selected> = { withPayload: true, withVector: true };
const search: NamesOf<CollectionSearchOptions> = {
  ...{ k: true, offset: true, filter: true, using: true, scoreThreshold: true, params: true },
  ...{ explain: true, ...selected, ...call },
};
const upsert: NamesOf<UpsertOptions> = { onProgress: true, batchSize: true, ...call };
const facet: NamesOf<FacetRequest> = { key: true, filter: true, limit: true, ...call };
const verify: NamesOf<VerifyOptions> = { onProgress: true, ...call };

/** By the names of the calls; of those that take more than one of options, beside that: their request is checked by itself. */
export const callNames = {
  ...{ upsert, delete: call, updateVectors: call, deleteVectors: call },
  ...{ setPayload: { key: true, ...call }, overwritePayload: call, deletePayload: call, clearPayload: call },
  ...{ createPayloadIndex: call, deletePayloadIndex: call, optimize: call },
  ...{ retrieve: { ...selected, ...call }, search, searchBatch: search },
  ...{ query: call, queryGroups: call, recommend: call, scroll: call },
  ...{ count: { filter: true, ...call }, facet },
  ...{ info: call, verify, metrics: call, prometheus: { labels: true, ...call } },
} as const satisfies { readonly [Name in keyof Collection]?: object };

export type CallName = keyof typeof callNames;
