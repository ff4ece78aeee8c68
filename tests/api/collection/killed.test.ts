/** A process that changes a collection in a folder, killed again and again: what was acknowledged is there. */
import { spawn } from 'node:child_process';
import { type CollectionOptions, openCollection, type PointRecord } from 'vicinal/worker';
import { describe, expect, it } from 'vitest';
import { Acknowledged } from '../../support/acknowledged.js';
import { temporaryFolders } from '../../support/temporary-folder.js';

const program = new URL('./fixtures/changing.mjs', import.meta.url).pathname;
/** A soak asks for more. */
const rounds = Number(process.env.KILL_ROUNDS ?? 20);
const folder = temporaryFolders();

/** Runs the program until it has said `lines` whole lines and `delayMs` more; these lines. */
function runUntilKilled(argument: object, lines: number, delayMs: number): Promise<string[]> {
  const child = spawn(process.execPath, [program, JSON.stringify(argument)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (said.split('\n').length > lines) setTimeout(() => child.kill('SIGKILL'), delayMs);
    });
    child.on('error', reject);
    child.on('close', (_, signal) => {
      if (signal === 'SIGKILL') resolve(said.split('\n').slice(0, -1));
      else reject(new Error(`the program ended by itself: ${said}`));
    });
  });
}

describe.each([
  { shards: 1, index: 'hnsw' },
  { shards: 2, index: 'flat' },
] as const)('a process that is killed, $index in $shards workers', ({ shards, index }) => {
  it(
    `loses nothing that was acknowledged, ${rounds} times`,
    async () => {
      const options: CollectionOptions = {
        ...{ name: 'killed', storage: 'file', path: folder(), dim: 16, metric: 'euclidean' },
        ...{ index, shards, payloadIndex: { group: 'integer' } },
      };
      const seed = 20261128 + shards;
      const acknowledged = new Acknowledged(seed, shards);
      for (let round = 0; round < rounds; round++) {
        const said = await runUntilKilled(
          { options, seed, first: acknowledged.next },
          4 + ((round * 37) % 90),
          (round * 7) % 5,
        );
        acknowledged.hear(said);
        const collection = await openCollection(options);
        const found: PointRecord[] = [];
        for await (const point of collection.scroll({ withVector: true })) found.push(point);
        acknowledged.check(found);
        await collection.close();
      }
      const { next, inFlightCount } = acknowledged;
      expect(next).toBeGreaterThan(rounds * 4);
      console.log(`${rounds} kills, ${next} changes, some of those under way were made at ${inFlightCount}`);
    },
    120_000 + rounds * 10_000,
  );
});
