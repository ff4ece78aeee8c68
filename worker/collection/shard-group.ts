/**
The shards of a collection: a worker each, asked together.

@module
*/
import { VectorSearchError } from '../../bindings/api/errors.js';
import type { Progress } from '../../bindings/api/types.js';
import type { WorkerClient } from '../client.js';
import type { WorkerStartOptions } from '../options.js';
import { startClient } from '../start-worker.js';
import type { ShardCalls, ShardConfig } from './shard-protocol.js';

type ArgumentsOf<Method extends keyof ShardCalls> = Parameters<ShardCalls[Method]>;
type ResultOf<Method extends keyof ShardCalls> = ReturnType<ShardCalls[Method]>;

/** How a call is made. */
export interface ShardCallSettings {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
  /** The call changes nothing. */
  readonly readOnly?: boolean;
}

interface RunningShard {
  readonly client: WorkerClient;
  readonly object: number;
}

export class ShardGroup {
  readonly #shards: readonly RunningShard[];

  private constructor(shards: readonly RunningShard[]) {
    this.#shards = shards;
  }

  /**
  Starts the workers, and a shard in each.

  @throws {VectorSearchError} as {@link startClient}, and as the shard's engines. No worker is left then.
  */
  static async start(count: number, config: ShardConfig, options: WorkerStartOptions): Promise<ShardGroup> {
    const clients = await Promise.allSettled(Array.from({ length: count }, () => startClient(options)));
    const started = clients.flatMap((client) => (client.status === 'fulfilled' ? [client.value] : []));
    try {
      for (const client of clients) if (client.status === 'rejected') throw client.reason;
      const { signal } = options;
      const shards = started.map(async (client) => {
        const { object } = await client.open({ kind: 'shard', config }, { signal });
        return { client, object };
      });
      return new ShardGroup(await Promise.all(shards));
    } catch (error) {
      for (const client of started) void client.dispose();
      throw error;
    }
  }

  get count(): number {
    return this.#shards.length;
  }

  /** All shards, by number. */
  get all(): readonly number[] {
    return [...this.#shards.keys()];
  }

  /** @throws {VectorSearchError} as the call; with code `WORKER_CRASHED`, and the shard's number, where it has ended. */
  async call<Method extends keyof ShardCalls>(
    shard: number,
    method: Method,
    args: ArgumentsOf<Method>,
    settings: ShardCallSettings,
  ): Promise<ResultOf<Method>> {
    const { client, object } = this.#shards[shard] as RunningShard;
    try {
      // Arrays that travel beside are made for the call: they are given away.
      return (await client.call(object, method, args, { transfer: true, ...settings })) as ResultOf<Method>;
    } catch (error) {
      if (!(error instanceof VectorSearchError) || error.code !== 'WORKER_CRASHED') throw error;
      const reason = `shard ${shard} of ${this.count}: ${error.actual}`;
      throw new VectorSearchError('WORKER_CRASHED', undefined, reason, { cause: error });
    }
  }

  /** Calls several shards at once. `args`: of each. Settles once all have. */
  async callEach<Method extends keyof ShardCalls>(
    shards: readonly number[],
    method: Method,
    args: (shard: number) => ArgumentsOf<Method>,
    settings: ShardCallSettings,
  ): Promise<ResultOf<Method>[]> {
    const calls = shards.map((shard) => this.call(shard, method, args(shard), settings));
    // A failure must not let the next change begin while others are under way.
    if (!settings.readOnly) await Promise.allSettled(calls);
    return Promise.all(calls);
  }

  async dispose(description: string): Promise<void> {
    await Promise.all(this.#shards.map(({ client }) => client.dispose(description)));
  }
}
