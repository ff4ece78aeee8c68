/**
Calls on a collection as they run: changes in their order, all timed and counted, none longer than its signal or the
collection lets it; but for changes that are made, which are told of once those before them are over.

@module
*/
import { checkCallOptions } from '../../bindings/api/arguments.js';
import { VectorSearchError } from '../../bindings/api/errors.js';
import { checkNames } from '../../bindings/api/option-names.js';
import type { CallOptions } from '../options.js';
import { type CallName, callNames } from './call-names.js';
import { Changes, type Turn } from './changes.js';
import type { CollectionConfig } from './collection-config.js';
import { KeptAnswers } from './kept-answers.js';
import { Metrics } from './metrics.js';
import { tellSlowQuery } from './slow-query.js';
import type { SlowQuery } from './types.js';

export class Calls {
  readonly metrics = new Metrics();
  readonly #config: CollectionConfig;
  readonly #onSlowQuery: ((query: SlowQuery) => void) | undefined;
  readonly #onChange: (underWay: number) => void;
  #changesUnderWay = 0;
  readonly #answers: KeptAnswers;
  readonly #changes = new Changes();
  /** While reads are to wait, until when. */
  #readsWait: Promise<unknown> | undefined;
  /** Ends the waits of calls, when the collection is closed. */
  readonly #waits = new Set<() => void>();
  #ended = false;
  readonly #readOnlyFor: string | undefined;

  /** `onChange`: told when a change begins and when one ends, and how many are under way then. `readOnlyFor`: why there can be none. */
  constructor(
    config: CollectionConfig,
    onSlowQuery: ((query: SlowQuery) => void) | undefined,
    onChange: (underWay: number) => void,
    readOnlyFor?: string,
  ) {
    this.#readOnlyFor = readOnlyFor;
    this.#config = config;
    this.#onSlowQuery = onSlowQuery;
    this.#onChange = onChange;
    this.#answers = new KeptAnswers(config.cacheBytes);
  }

  /** Bytes of answers that are kept. */
  get keptBytes(): number {
    return this.#answers.bytes;
  }

  /** Rejects the calls that wait, and those that come, with code `DISPOSED`. May be called again. */
  end(): void {
    this.#ended = true;
    for (const end of this.#waits) end();
  }

  /**
  Makes a change, after those that were asked for before.

  @param prepare - Called at once: checks the arguments, and keeps what the caller may alter. Returns what makes the change.
  */
  change<Result>(
    operation: CallName,
    options: CallOptions,
    prepare: () => (turn: Turn) => Promise<Result>,
  ): Promise<Result> {
    return this.#changes.take((turn) =>
      this.#timed(operation, options, undefined, async () => {
        const change = prepare();
        if (this.#readOnlyFor !== undefined)
          throw new VectorSearchError('READ_ONLY', `collection ${this.#config.name}`, this.#readOnlyFor);
        await this.unlessStopped(turn.begins, options.signal);
        this.#noteChange(1);
        try {
          return await change(turn);
        } finally {
          // Also where it has failed in part: whoever repeats those before, which were not acknowledged, must not undo this.
          await turn.before;
          this.#noteChange(-1);
        }
      }),
    );
  }

  /** One has begun, or ended. */
  #noteChange(more: 1 | -1): void {
    this.#changesUnderWay += more;
    this.#answers.changed(this.#changesUnderWay);
    this.#onChange(this.#changesUnderWay);
  }

  /** Runs what changes nothing that is asked for, after the changes that were asked for before it. */
  between<Result>(run: () => Promise<Result>): Promise<Result> {
    return this.#changes.between(run);
  }

  /** As `work`, a part of a change between whose calls no read may begin. */
  async whileReadsWait(work: () => Promise<void>): Promise<void> {
    const working = work();
    this.#readsWait = Promise.allSettled([working]);
    try {
      await working;
    } finally {
      this.#readsWait = undefined;
    }
  }

  /** Reads; `asked`: what the answer depends on, where it may be kept for the next who asks the same. */
  read<Result>(
    operation: CallName,
    options: CallOptions,
    asked: readonly unknown[] | undefined,
    read: () => Promise<Result>,
  ): Promise<Result> {
    return this.#timed(operation, options, asked ?? options, async () => {
      const { signal } = options ?? {};
      signal?.throwIfAborted();
      while (this.#readsWait !== undefined) await this.unlessStopped(this.#readsWait, signal);
      const key = this.#answers.keyOf(asked);
      if (key === undefined) return this.unlessStopped(read(), signal);
      const kept = this.#answers.get(key) as Result | undefined;
      this.metrics.count(kept === undefined ? 'cacheMisses' : 'cacheHits');
      return kept ?? this.#answers.keep(key, () => this.unlessStopped(read(), signal));
    });
  }

  /** As `waited`; rejects as soon as the signal is aborted, or the collection closed. */
  async unlessStopped<Result>(waited: Promise<Result>, signal: AbortSignal | undefined): Promise<Result> {
    let stop = () => {};
    const stopped = new Promise<never>((_, reject) => {
      stop = () => reject(this.#ended ? this.#disposed() : signal?.reason);
    });
    this.#waits.add(stop);
    signal?.addEventListener('abort', stop);
    if (signal?.aborted || this.#ended) stop();
    try {
      // Where both are settled, the stop counts.
      return await Promise.race([stopped, waited]);
    } finally {
      this.#waits.delete(stop);
      signal?.removeEventListener('abort', stop);
    }
  }

  /** Runs a call, and counts it. `request`: of a read, as it is told where it was slow. */
  async #timed<Result>(
    operation: CallName,
    options: CallOptions,
    request: unknown,
    run: () => Promise<Result>,
  ): Promise<Result> {
    if (this.#ended) throw this.#disposed();
    checkCallOptions(options);
    checkNames(Object(options), callNames[operation]);
    const started = performance.now();
    try {
      return await run();
    } catch (error) {
      if (!options?.signal?.aborted) this.metrics.count('errors');
      throw error;
    } finally {
      const ms = performance.now() - started;
      this.metrics.observe(operation, ms / 1000);
      if (request !== undefined && ms >= this.#config.slowQueryMs) {
        this.metrics.count('slowQueries');
        tellSlowQuery(this.#onSlowQuery, { operation, ms, request });
      }
    }
  }

  #disposed(): VectorSearchError {
    return new VectorSearchError('DISPOSED', `collection ${this.#config.name}`);
  }
}
