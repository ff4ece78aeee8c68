/** Browsers that are killed while their page changes a collection, again and again: what was acknowledged is there. */
import type { CollectionOptions } from 'vicinal/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Acknowledged } from '../support/acknowledged.js';
import { temporaryFolders } from '../support/temporary-folder.js';
import type { EngineName } from './drivers/driver.js';
import { type PlainBrowser, startPlain } from './drivers/plain-browser.js';
import { VirtualDisplay } from './drivers/virtual-display.js';
import type { GoOn, Listing } from './killed/page.js';
import { type Site, startSite } from './site.js';
import { Telling } from './suites/told.js';

/** Kills in all, of all browsers. A soak asks for more. */
const rounds = Number(process.env.KILL_ROUNDS ?? 20);
const roundLimitMs = 90_000;
const folder = temporaryFolders();

interface Case {
  readonly name: EngineName;
  readonly storage: 'opfs' | 'indexeddb';
  readonly shards: number;
  /** Of all rounds. */
  readonly share: number;
}

const cases: readonly Case[] = [
  { name: 'chromium', storage: 'opfs', shards: 2, share: 0.3 },
  { name: 'chromium', storage: 'indexeddb', shards: 1, share: 0.2 },
  { name: 'firefox', storage: 'opfs', shards: 1, share: 0.3 },
  { name: 'webkit', storage: 'indexeddb', shards: 1, share: 0.2 },
];

describe('browsers that are killed', () => {
  let display: VirtualDisplay;
  beforeAll(async () => {
    display = await VirtualDisplay.start();
  });
  afterAll(() => display?.end());

  describe.each(cases)('$name on $storage, $shards workers', ({ name, storage, shards, share }) => {
    const kills = Math.ceil(rounds * share);
    const telling = new Telling();
    let site: Site;
    let browser: PlainBrowser | undefined;
    beforeAll(async () => {
      // One site for all rounds: its address is what the browser keeps the collection under.
      site = await startSite(telling.onPost);
    });
    afterAll(async () => {
      await browser?.kill();
      await site?.close();
    });

    test(
      `lose nothing that was acknowledged, ${kills} times`,
      async () => {
        const options: CollectionOptions = {
          ...{ name: 'killed', storage, dim: 16, metric: 'euclidean', index: shards === 1 ? 'hnsw' : 'flat' },
          ...{ shards, payloadIndex: { group: 'integer' } },
        };
        const url = `${site.url('killed/page.html')}?${encodeURIComponent(JSON.stringify(options))}`;
        const seed = 20261128 + shards;
        const acknowledged = new Acknowledged(seed, shards);
        const profile = folder();
        /** Starts, and lets one page open the collection. */
        const start = async () => {
          browser = await startPlain(name, profile, url, display);
          (await telling.nextLoaded()).answer();
        };
        const checkListing = async () => {
          const listing = await telling.next();
          expect(listing.what).toBe('listing');
          const { points, storage: found } = JSON.parse(listing.body) as Listing;
          expect(found).toMatchObject({ type: storage, lost: false });
          acknowledged.check(points as never);
          return listing;
        };
        const kill = async (delayMs: number) => {
          await new Promise((resolve) => setTimeout(resolve, delayMs));
          await browser?.kill();
          browser = undefined;
        };

        for (let round = 0; round < kills; round++) {
          await start();
          if (round % 4 === 2) {
            // While it is opened.
            await kill((round * 61) % 400);
            await telling.rest();
            continue;
          }
          const listing = await checkListing();
          const goOn: GoOn = { seed, first: acknowledged.next };
          listing.answer(JSON.stringify(goOn));
          const said: string[] = [];
          while (said.length < 4 + ((round * 37) % 90)) {
            const told = await telling.next();
            said.push(told.what);
            told.answer();
          }
          // The last was answered: the page goes on with what comes next, and is heard until it is killed.
          await kill((round * 7) % 5);
          acknowledged.hear([...said, ...(await telling.rest()).map(({ what }) => what)]);
        }
        await start();
        await checkListing();
        await kill(0);
        await telling.rest();
        const { next, inFlightCount } = acknowledged;
        expect(next).toBeGreaterThan(kills);
        console.log(
          `${name}, ${storage}: ${kills} kills, ${next} changes, some of those under way were made at ${inFlightCount}`,
        );
      },
      (kills + 1) * roundLimitMs,
    );
  });
});
