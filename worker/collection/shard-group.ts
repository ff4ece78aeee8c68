/**
The shards of a collection: a worker each, asked together.

@module
*/
import { VectorSearchError } from '../../bindings/api/errors.js';
import type { Progress } from '../../bindings/api/types.js';
import type { WorkerClient } from '../client.js';
import type { WorkerStartOptions } from '../options.js';
import { startClient } from '../start-worker.js';
import { estimateStorage } from '../storage/quota.js';
import type { CollectionStorage } from './collection-config.js';
import { markCreated } from './durable/created-marks.js';
import type { CollectionDamage } from './durable/types.js';
import type { OpenedShard, ShardCalls, ShardConfig, ShardDamage } from './shard-protocol.js';

/** Time between two questions to workers that are waited for, in milliseconds. */
const pingMs = 1000;
/** How long messages that have come may take to be read, in milliseconds. */
const lateMs = 100;

type ArgumentsOf<Method extends keyof ShardCalls> = Parameters<ShardCalls[Method]>;
type ResultOf<Method extends keyof ShardCalls> = ReturnType<ShardCalls[Method]>;

/** What becomes of a worker whose points outlive it. */
const revived =
  'a worker that runs (it is started again, with all that was acknowledged; the change that was under way may be made)';

/** How a call is made. */
interface ShardCallSettings {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (progress: Progress) => void;
  /** The call changes nothing. */
  readonly readOnly?: boolean;
  /** Number of a series of calls: none is made behind one of them that has failed. */
  readonly series?: number;
}

interface RunningShard {
  readonly client: WorkerClient;
  readonly object: number;
  /** Of one that outlives its worker. */
  readonly opened: OpenedShard | undefined;
}

/** What a group of shards is made of. */
interface ShardGroupPlan {
  /** Shards, where what is stored does not tell. */
  readonly count: number;
  readonly shard: Omit<ShardConfig, 'storage'>;
  /** Default: in memory alone. */
  readonly storage?: CollectionStorage | undefined;
}

export class ShardGroup {
  readonly #shards: RunningShard[];
  /** Starts the worker of a shard anew, with all that was acknowledged; nothing where its points end with it. */
  readonly #startAgain: ((shard: number) => Promise<RunningShard>) | undefined;
  /** Workers that are being started anew. */
  readonly #starting = new Map<number, Promise<void>>();
  /** Of each shard, the series that was sent to it last, and which worker it was: one started anew knows of none. */
  readonly #lastSeries = new Map<number, { readonly series: number; readonly running: RunningShard }>();
  /** Is called when a worker was started anew. */
  onStartedAgain: (() => void) | undefined;
  #disposed = false;
  /** Whether it was created before, and was not there. */
  #lost = false;

  private constructor(
    shards: RunningShard[],
    startAgain?: ((shard: number) => Promise<RunningShard>) | undefined,
  ) {
    this.#shards = shards;
    this.#startAgain = startAgain;
  }

  /**
  Starts the workers, and a shard in each.

  @throws {VectorSearchError} as {@link startClient}, as the shard's engines, and as its storage. No worker is left then.
  */
  static async start(plan: ShardGroupPlan, options: WorkerStartOptions): Promise<ShardGroup> {
    const { count, storage } = plan;
    if (storage === undefined)
      return new ShardGroup(await startShards(numbers(0, count), plan.shard, undefined, options));
    // What is stored tells how many there are, and the first shard where.
    const first = await startShards([0], plan.shard, storage, options);
    const shards = [...first];
    try {
      const { kind, shardCount } = first[0]?.opened ?? { kind: 'memory', shardCount: count };
      const found = kind === 'memory' ? undefined : { ...storage, kind, shardCount };
      shards.push(...(await startShards(numbers(1, shardCount), plan.shard, found, options)));
      const damage = damageOf(shards);
      const startAgain = async (shard: number) => {
        const { signal: _, ...lasting } = options;
        const { ifDamaged, ...place } = found as CollectionStorage;
        // Of a whole collection, nobody knows what becomes of damage that is found later.
        const again = { ...place, ...(damage !== undefined && ifDamaged && { ifDamaged }) };
        const [started] = await startShards([shard], plan.shard, again, lasting);
        return started as RunningShard;
      };
      const group = new ShardGroup(shards, found && startAgain);
      if (found?.ifDamaged !== undefined && damage === undefined)
        await group.callEach(group.all, 'release', () => [], {});
      if (found !== undefined) group.#lost = markCreated(found.name) && (first[0]?.opened?.created ?? false);
      return group;
    } catch (error) {
      for (const { client } of shards) void client.dispose();
      throw error;
    }
  }

  /** Whether the points outlive the workers. */
  get isDurable(): boolean {
    return this.#startAgain !== undefined;
  }

  /** Where the shards are kept. */
  get storage(): ShardGroupStorage {
    const opened = this.#shards.map((shard) => shard.opened);
    const damage = damageOf(this.#shards);
    return {
      kind: opened[0]?.kind ?? 'memory',
      tornBytes: opened.reduce((sum, each) => sum + (each?.tornBytes ?? 0), 0),
      lost: this.#lost,
      ...(damage !== undefined && { damage }),
      ...(opened[0]?.model !== undefined && { model: opened[0].model }),
    };
  }

  /** Dense vectors as they are stored, where they are. */
  get vectors(): ShardConfig['vectors'] | undefined {
    return this.#shards.find(({ opened }) => opened?.vectors !== undefined)?.opened?.vectors;
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
    await this.#starting.get(shard);
    const running = this.#shards[shard] as RunningShard;
    const { client, object } = running;
    const { series } = settings;
    if (series !== undefined) {
      const last = this.#lastSeries.get(shard);
      if (last?.series === series && last.running !== running)
        throw new VectorSearchError('WORKER_CRASHED', revived, `shard ${shard} of ${this.count}`);
      this.#lastSeries.set(shard, { series, running });
    }
    try {
      // Arrays that travel beside are made for the call: they are given away.
      return (await client.call(object, method, args, { transfer: true, ...settings })) as ResultOf<Method>;
    } catch (error) {
      if (!(error instanceof VectorSearchError)) throw error;
      if (error.code === 'STORAGE_FULL') throw await withQuota(error);
      if (error.code !== 'WORKER_CRASHED') throw error;
      const reason = `shard ${shard} of ${this.count}: ${error.actual}`;
      this.#revive(shard, running);
      const remedy = this.isDurable ? revived : undefined;
      throw new VectorSearchError('WORKER_CRASHED', remedy, reason, { cause: error });
    }
  }

  /** Starts a worker in place of one that has ended, where its points outlive it. Calls wait for it. */
  #revive(shard: number, ended: RunningShard): void {
    const startAgain = this.#startAgain;
    if (startAgain === undefined || this.#disposed) return;
    // The first call that fails has it started; another may try again where that fails.
    if (this.#shards[shard] !== ended || this.#starting.has(shard)) return;
    const start = async () => {
      try {
        const started = await startAgain(shard);
        this.#shards[shard] = started;
        if (this.#disposed) await started.client.dispose();
        else this.onStartedAgain?.();
      } catch {
        // The next call fails as this one did, and tries again.
      }
    };
    const starting = start();
    // Before those that wait go on, which are sent in their order then.
    void starting.then(() => this.#starting.delete(shard));
    this.#starting.set(shard, starting);
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

  /**
  Waits, but not for workers that do not answer for `silenceMs`: ones that were ended from outside, which nobody tells, or
  whose files can be closed no more, as in Chromium once the site's data was cleared.
  */
  async unlessSilent(waited: Promise<unknown>, silenceMs: number): Promise<void> {
    let isDone = false;
    const done = waited.then(() => {
      isDone = true;
    });
    while (!isDone) {
      const pings = this.#shards.map(({ client }) => client.ping().catch(() => undefined));
      if (!(await settlesWithin(silenceMs, Promise.race([done, Promise.all(pings)])))) return;
      await settlesWithin(Math.min(silenceMs, pingMs), done);
    }
  }

  /** Ends the workers before this returns. */
  abandon(reason: string): void {
    this.#disposed = true;
    for (const { client } of this.#shards) client.crash(reason);
  }

  async dispose(description: string): Promise<void> {
    this.#disposed = true;
    await Promise.all(this.#shards.map(({ client }) => client.dispose(description)));
  }
}

/** Whether it settles in time. */
async function settlesWithin(ms: number, waited: Promise<unknown>): Promise<boolean> {
  const settled = waited.then(() => true);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const after = (wait: number) =>
    new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), wait);
    });
  try {
    // Where the machine slept, time is up before messages that have come are read.
    return (await Promise.race([settled, after(ms)])) || (await Promise.race([settled, after(lateMs)]));
  } finally {
    clearTimeout(timer);
  }
}

/** Where shards are kept, and what was found there. */
interface ShardGroupStorage {
  readonly kind: OpenedShard['kind'];
  readonly tornBytes: number;
  readonly lost: boolean;
  readonly damage?: CollectionDamage;
  readonly model?: string;
}

/** What is missing; nothing where all shards are whole. */
function damageOf(shards: readonly RunningShard[]): CollectionDamage | undefined {
  const opened = shards.map((shard) => shard.opened);
  if (opened.every((each) => each?.damage === undefined)) return undefined;
  const all = opened.map((each): ShardDamage => {
    // One that is not there beside others that are.
    const isMissing = each?.created === true;
    const none = {
      files: [],
      lostPoints: isMissing ? 'unknown' : 0,
      isLost: isMissing,
      lostChanges: isMissing,
    } as const;
    return each?.damage ?? none;
  });
  const counts = all.map(({ lostPoints }) => lostPoints);
  return {
    files: all.flatMap(({ files }, shard) => files.map((each) => ({ shard, ...each }))),
    lostShards: all.flatMap(({ isLost }, shard) => (isLost ? [shard] : [])),
    lostPoints: counts.reduce<number | 'unknown'>(
      (sum, count) => (sum === 'unknown' || count === 'unknown' ? 'unknown' : sum + count),
      0,
    ),
    lostChanges: all.some(({ lostChanges }) => lostChanges),
  };
}

/** The error, with what the site may keep. */
async function withQuota(error: VectorSearchError): Promise<VectorSearchError> {
  const estimate = await estimateStorage();
  if (estimate === undefined) return error;
  const { usageBytes, quotaBytes } = estimate;
  // Chromium tells 10 GiB more than what is kept, whatever the limit is.
  const most = quotaBytes - usageBytes > 2 ** 30 ? 'what the browser gives' : `${quotaBytes} bytes for`;
  const room = `${most} all of the site, which keeps ${usageBytes} bytes`;
  return new VectorSearchError('STORAGE_FULL', room, error.actual, { cause: error });
}

function numbers(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
}

/** Starts a worker for each shard, and the shard in it. No worker is left where one fails. */
async function startShards(
  shards: readonly number[],
  config: ShardGroupPlan['shard'],
  storage: CollectionStorage | undefined,
  options: WorkerStartOptions,
): Promise<RunningShard[]> {
  const clients = await Promise.allSettled(shards.map(() => startClient(options)));
  const started = clients.flatMap((client) => (client.status === 'fulfilled' ? [client.value] : []));
  try {
    for (const client of clients) if (client.status === 'rejected') throw client.reason;
    const { signal } = options;
    return await Promise.all(
      started.map(async (client, index) => {
        const place = storage && { ...storage, shard: shards[index] as number };
        const opened = { kind: 'shard', config: { ...config, ...(place && { storage: place }) } } as const;
        const { object, opened: told } = await client.open(opened, { signal });
        return { client, object, opened: told.shard };
      }),
    );
  } catch (error) {
    for (const client of started) void client.dispose();
    throw error;
  }
}
