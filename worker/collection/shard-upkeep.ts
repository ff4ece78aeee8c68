/**
What the shards of a collection do beside what they are asked: indexing of what they were sent, checkpoints of what they
are like.

@module
*/
import { Upkeep } from './durable/upkeep.js';
import type { ShardGroup } from './shard-group.js';
import type { CheckpointReason, ShardCalls, ShardConfig } from './shard-protocol.js';
import type { UpsertOptions } from './types.js';

/** Changes between two looks at whether a checkpoint is due. */
const changesPerLook = 1024;
/** And bytes of them. */
const bytesPerLook = 24 << 20;
/** Where there is no room, or files told late that there is none, a try costs much, and brings nothing. */
const retryMs = 60_000;
/** Rounds of some 20 ms of indexing that make a piece of upkeep: a change waits that long. */
const roundsPerPiece = 5;

export class ShardUpkeep {
  readonly #shards: ShardGroup;
  /** Whether there may be a graph, in which vectors are linked after they are taken. */
  readonly #mayHaveGraph: boolean;
  /** When a checkpoint that fails is tried again of its own accord. */
  #notBefore = 0;
  /** What is done when it is still, where shards outlive their workers, or have graphs. */
  readonly #whenStill: Upkeep | undefined;
  #checkpointError: string | undefined;
  /** Resolves when those that were begun are made, or have failed. */
  #checkpointing: Promise<void> | undefined;
  /** Changes. */
  #underWay = 0;
  /** Since the last look. */
  #changes = 0;
  #bytes = 0;

  /** @param between - Runs something between two changes. */
  constructor(
    { vectors }: Pick<ShardConfig, 'vectors'>,
    shards: ShardGroup,
    between: (run: () => Promise<boolean>) => Promise<boolean>,
  ) {
    this.#shards = shards;
    // What is stored need not be told again.
    const isUntold = (index: string | undefined) => index === undefined && shards.isDurable;
    this.#mayHaveGraph = Object.values(vectors).some(({ index }) => index === 'hnsw' || isUntold(index));
    if (shards.isDurable || this.#mayHaveGraph) {
      this.#whenStill = new Upkeep(
        () => between(() => this.#keepUp()),
        () => between(() => this.#rest()),
      );
    }
    if (shards.isDurable) {
      // What was not indexed when it was left, and is not read yet.
      this.#whenStill?.changed();
      shards.onStartedAgain = () => this.#whenStill?.wake();
    }
  }

  /** Why the last checkpoint failed, where it did. */
  get checkpointError(): string | undefined {
    return this.#checkpointError;
  }

  /** To be called when a change begins or ends, with how many are under way then. */
  changed(underWay: number): void {
    this.#underWay = underWay;
    if (underWay > 0) this.#whenStill?.pause();
    else this.#whenStill?.changed();
  }

  /**
  To be called within a change, for each batch that it sends, while no other change sends any: however many there are
  without a pause, the log grows by a part of the data.
  */
  async look(bytes: number): Promise<void> {
    this.#bytes += bytes;
    if (++this.#changes < changesPerLook && this.#bytes < bytesPerLook) return;
    this.#changes = 0;
    this.#bytes = 0;
    // Where it fails, the log goes on.
    await this.checkpoint('due').catch(() => {});
  }

  /** Has the shards index what they were sent, some milliseconds at a time: searches come in between. */
  async index(points: number, { signal, onProgress }: UpsertOptions): Promise<void> {
    const shares = this.#shards.all.map(() => 0);
    await this.#indexUntil(false, (share, shard) => {
      shares[shard] = share;
      // All points are taken: what is not indexed yet is found all the same, and indexed with the next.
      if (share >= 1 || signal?.aborted) return true;
      const done = Math.floor((points * shares.reduce((sum, each) => sum + each, 0)) / shares.length);
      onProgress?.({ phase: 'index', done, total: points });
      return false;
    });
    if (points > 0 && !signal?.aborted) onProgress?.({ phase: 'index', done: points, total: points });
  }

  /**
  Likewise has them mend graphs that points were deleted from, or make them anew, as long as no other change is under way: what
  is left is done when it is still. Whether all is done.
  */
  async mend(signal: AbortSignal | undefined): Promise<boolean> {
    let done = true;
    await this.#indexUntil(true, (share) => {
      if (share >= 1) return true;
      const leavesOff = signal?.aborted === true || this.#underWay > 1;
      done &&= !leavesOff;
      return leavesOff;
    });
    return done;
  }

  async #indexUntil(renews: boolean, isDone: (share: number, shard: number) => boolean): Promise<void> {
    const index = async (shard: number) => {
      do {
        // It would begin anew after each round.
        await this.#checkpointing;
      } while (!isDone(await this.#shards.call(shard, 'indexSome', [renews], {}), shard));
    };
    const finished = await Promise.allSettled(this.#mayHaveGraph ? this.#shards.all.map(index) : []);
    for (const shard of finished) if (shard.status === 'rejected') throw shard.reason;
  }

  /** Has the shards write down what they are like, as far as there is reason to: searches come in between. */
  async checkpoint(reason: CheckpointReason): Promise<void> {
    if (!this.#shards.isDurable || this.#shards.storage.damage !== undefined) return;
    const isOwnAccord = reason === 'due' || reason === 'still';
    if (isOwnAccord && performance.now() < this.#notBefore) return;
    const write = async (shard: number) => {
      while ((await this.#shards.call(shard, 'checkpointSome', [reason], {})) < 1);
    };
    try {
      const writing = Promise.all(this.#shards.all.map(write));
      this.#checkpointing = Promise.allSettled([this.#checkpointing, writing]).then(() => {});
      await writing;
      this.#checkpointError = undefined;
      this.#notBefore = 0;
    } catch (error) {
      this.#notBefore = performance.now() + retryMs;
      this.#checkpointError = String((error as Error).message);
      throw error;
    }
  }

  /** Ends what is done when it is still. May be called again. */
  end(): void {
    this.#whenStill?.end();
  }

  /**
  A piece of what is done when it is still: reads what was left on disk to open soon, indexes what is not yet, then writes it
  down. Whether all is done.
  */
  async #keepUp(): Promise<boolean> {
    if (this.#shards.isDurable && !(await this.#inRounds('loadSome'))) return false;
    if (this.#mayHaveGraph && !(await this.#inRounds('indexSome', true))) return false;
    await this.checkpoint('still');
    return true;
  }

  async #rest(): Promise<boolean> {
    if (!this.#shards.isDurable) return true;
    await Promise.all(this.#shards.all.map((shard) => this.#shards.call(shard, 'rest', [], {})));
    return true;
  }

  /** Some rounds of a call of each shard. Whether all are done with it. */
  async #inRounds<Call extends 'loadSome' | 'indexSome'>(
    call: Call,
    ...args: Parameters<ShardCalls[Call]>
  ): Promise<boolean> {
    const run = async (shard: number) => {
      for (let round = 0; round < roundsPerPiece; round++)
        if ((await this.#shards.call(shard, call, args, {})) >= 1) return true;
      return false;
    };
    const done = await Promise.all(this.#shards.all.map(run));
    return !done.includes(false);
  }
}
