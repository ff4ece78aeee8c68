/**
Checkpoints that take over what they know to be stored: after any changes a shard is read back as it was, also where what
they go on from is damaged.
*/
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import init from '../../../bindings/api/init.js';
import { runSteps } from '../../../bindings/api/steps.js';
import { inChunks } from '../../../worker/collection/durable/records.js';
import { SlotMarks } from '../../../worker/collection/durable/slot-marks.js';
import { Shard } from '../../../worker/collection/shard.js';
import { temporaryFolders } from '../../support/temporary-folder.js';
import { randomVectors } from '../../support/vectors.js';

beforeAll(async () => {
  await init({
    wasmModule: await readFile(new URL('../../../build/wasm/simd128/vicinal.wasm', import.meta.url)),
  });
});

type Piece = Uint8Array | string | undefined;

function sectionOf(pieces: readonly Piece[], marks?: SlotMarks): number[] {
  return [...inChunks(pieces, marks)].flatMap((chunk) => [...chunk]);
}

describe('pieces behind marks', () => {
  it('make the section that all pieces make', () => {
    const piece = fc.option(
      fc.oneof(fc.uint8Array({ maxLength: 9 }), fc.string({ unit: 'binary', maxLength: 3 })),
      { nil: undefined },
    );
    const pieceList = fc.array(piece, { maxLength: 700, size: 'max' });
    fc.assert(
      fc.property(pieceList, pieceList, fc.nat(1000), (before, after, place) => {
        const marks = new SlotMarks();
        const present = sectionOf(before, marks);
        expect(marks.slots).toBe(before.length);
        expect(marks.bytes).toBe(present.length);
        const first = Math.min(place, before.length);
        const pieces = [...before.slice(0, first), ...after];
        const kept = marks.before(first);
        // What is written again lies behind the mark before the first change.
        expect(kept.slots).toBeLessThanOrEqual(first);
        expect(first - kept.slots).toBeLessThan(256);
        const section = present.slice(0, kept.bytes).concat(sectionOf(pieces.slice(kept.slots), kept));
        expect(section).toEqual(sectionOf(pieces));
        expect(kept.slots).toBe(pieces.length);
        expect(kept.bytes).toBe(section.length);
      }),
      { seed: 1 },
    );
  });
});

describe('checkpoints', () => {
  afterEach(() => vi.restoreAllMocks());

  /** Each piece of a checkpoint takes too long then to go on with another. */
  function slowPieces(): void {
    let now = 0;
    vi.spyOn(performance, 'now').mockImplementation(() => (now += 1000));
  }

  const newFolder = temporaryFolders();

  const storageAt = (path: string) =>
    ({
      kind: 'file',
      name: 'checkpoints',
      path,
      durability: 'relaxed',
      shard: 0,
      shardCount: 1,
    }) as const;

  const dim = 8;

  const open = (path: string, onDisk = false) =>
    Shard.open({
      vectors: {
        '': {
          ...{ dim, metric: 'euclidean', index: 'flat', onDisk },
          quantization: { codec: 'scalar', bits: 8 },
        },
      },
      sparseVectors: { given: {}, words: { text: { fields: ['title'] } } },
      payloadIndex: { n: 'integer' },
      storage: storageAt(path),
    });

  /** Of the vectors that points are given: each is another. */
  let version = 0;

  /** Payloads of some size: a checkpoint is due once the log has 4 MB. */
  const filler = 'ab'.repeat(4000);

  /** Every fourth point has no dense vector. */
  function upsert(shard: Shard, ids: readonly number[], title: string): void {
    const dense = [...ids.keys()].filter((place) => (ids[place] as number) % 4 !== 1);
    const sparse = ids.flatMap((id, place) => (id % 3 === 0 ? [{ id, place }] : []));
    const batch = {
      ids,
      payloads: ids.map((n) => JSON.stringify({ n, title: `${title} ${n}`, filler })),
      dense: [{ name: '', points: dense }],
      sparse: [
        {
          name: 'given',
          points: sparse.map(({ place }) => place),
          vectors: sparse.map(({ id }) => ({
            indices: Uint32Array.of(id, 70_000),
            values: Float32Array.of(1, ++version),
          })),
        },
      ],
    };
    runSteps(shard.upsert(batch, [randomVectors(dense.length, dim, ++version)]));
  }

  function checkpoint(shard: Shard): void {
    while (shard.checkpointSome('still') < 1);
  }

  /** All that can be read, of texts how often some of their words stand there. */
  const everything = (shard: Shard) => ({
    points: shard.scroll({ limit: 100_000, withPayload: true, withVector: true }),
    texts: shard.statistics('words', { kind: 'text', text: 'round add other 7 77' }),
  });

  async function openedAgain(shard: Shard, path: string, onDisk = false): Promise<Shard> {
    const before = everything(shard);
    await shard.close();
    shard.dispose();
    const again = await open(path, onDisk);
    expect(everything(again)).toEqual(before);
    return again;
  }

  it('hold what changes have made of a shard', async () => {
    const change = fc.tuple(
      fc.constantFrom(
        'add',
        'add',
        'add',
        'overwrite',
        'setPayload',
        'clearPayload',
        'delete',
        'deleteVectors',
        'optimize',
        'stop',
        'piece',
        'piece',
        'open',
      ),
      fc.nat(),
      fc.integer({ min: 1, max: 300 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 4 }),
        async (rounds) => {
          const path = await newFolder();
          let shard = await open(path);
          let next = 0;
          slowPieces();
          for (const [round, changes] of rounds.entries()) {
            // So that a checkpoint is due.
            upsert(
              shard,
              Array.from({ length: 520 }, () => next++),
              `round ${round}`,
            );
            for (const [what, place, count] of changes) {
              const ids = Array.from({ length: count }, (_, index) => (place % next) + index).filter(
                (id) => id < next,
              );
              if (what === 'add')
                upsert(
                  shard,
                  Array.from({ length: count }, () => next++),
                  what,
                );
              if (what === 'overwrite') upsert(shard, ids, `round ${round}`);
              if (what === 'setPayload')
                runSteps(shard.setPayload({ title: 'other words' }, { ids }, undefined));
              if (what === 'clearPayload') runSteps(shard.clearPayload({ ids }));
              if (what === 'delete') runSteps(shard.delete({ ids }));
              if (what === 'deleteVectors')
                runSteps(shard.deleteVectors([place % 2 ? 'given' : ''], { ids }));
              if (what === 'optimize') runSteps(shard.optimize());
              // A change that is taken back half done, and a checkpoint that is left half made.
              if (what === 'stop') {
                const steps = shard.overwritePayload({ title: 'never' }, { ids });
                steps.next();
                steps.return(0);
              }
              if (what === 'piece') shard.checkpointSome('still');
              if (what === 'open') shard = await openedAgain(shard, path, place % 2 === 0);
            }
            if (round % 2 === 0) checkpoint(shard);
          }
          shard = await openedAgain(shard, path);
          expect(runSteps(shard.stored.verify()).damage).toEqual([]);
          await shard.close();
          shard.dispose();
        },
      ),
      { seed: 1, numRuns: 12, endOnFailure: true },
    );
  });

  it('write all anew where what they go on from is damaged', async () => {
    const path = await newFolder();
    let shard = await open(path);
    const ids = Array.from({ length: 600 }, (_, id) => id);
    upsert(shard, ids, 'first');
    checkpoint(shard);
    const data = join(path, 'shard-0', 'data');
    const bytes = readFileSync(data);
    // Of the last points: the end of their section, which is read when more come behind it.
    const place = bytes.lastIndexOf('first 599');
    expect(place).toBeGreaterThan(0);
    bytes.write('FIRST', place);
    writeFileSync(data, bytes);
    upsert(
      shard,
      ids.map((id) => 600 + id),
      'second',
    );
    checkpoint(shard);
    shard = await openedAgain(shard, path);
    expect(runSteps(shard.stored.verify()).damage).toEqual([]);
    await shard.close();
    shard.dispose();
  });

  it('leave vectors on disk that are found between any two pieces of one', async () => {
    const path = await newFolder();
    const shard = await Shard.open({
      vectors: {
        '': {
          dim,
          metric: 'euclidean',
          index: 'flat',
          quantization: { codec: 'scalar', bits: 8 },
          onDisk: true,
        },
      },
      sparseVectors: {},
      payloadIndex: {},
      storage: storageAt(path),
    });
    const search = () =>
      runSteps(
        shard.search(
          { target: { kind: 'dense' }, using: '', k: 5, withPayload: false, withVector: true },
          randomVectors(1, dim, 9),
        ),
      );
    slowPieces();
    for (let round = 0; round < 3; round++) {
      const ids = Array.from({ length: 600 }, (_, index) => 600 * round + index);
      const batch = {
        ids,
        payloads: ids.map((n) => JSON.stringify({ n, filler })),
        dense: [{ name: '', points: [...ids.keys()] }],
        sparse: [],
      };
      runSteps(shard.upsert(batch, [randomVectors(600, dim, round)]));
      const found = search();
      let pieces = 1;
      for (; shard.checkpointSome('still') < 1; pieces++) expect(search()).toEqual(found);
      expect(pieces).toBeGreaterThan(3);
      expect(search()).toEqual(found);
    }
    await shard.close();
    shard.dispose();
  });
});
