/**
Everything that is tested in a browser, once for each.

@module
*/
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Driver, EngineName } from '../drivers/driver.js';
import { type Site, startSite } from '../site.js';
import { agreementSuite } from './agreement.js';
import { behaviourSuite } from './behaviour.js';
import { demoBenchmarkSuite } from './demo-benchmark.js';
import { demoCollectionSuite } from './demo-collection.js';
import { demoFashionSuite } from './demo-fashion.js';
import { demoFramesSuite } from './demo-frames.js';
import { demoGraphSuite } from './demo-graph.js';
import { demoLooksSuite } from './demo-looks.js';
import { demoPageSuite } from './demo-page.js';
import { inlineSuite } from './inline.js';
import { keptSuite } from './kept.js';
import { loadingSuite } from './loading.js';
import { loadingFailureSuite } from './loading-failures.js';
import { overridesSuite } from './overrides.js';
import { tabsSuite } from './tabs.js';
import { workerSuite } from './worker.js';

export interface Expectations {
  /** Whether this browser's engine has relaxed SIMD. */
  readonly relaxed: boolean;
  /** Whether its workers have access handles of files. */
  readonly opfs: boolean;
}

/** What the suites work with. The fields are there once the tests run. */
export interface Bench {
  readonly driver: Driver;
  readonly site: Site;
  readonly expected: Expectations;
}

export function describeBrowser(
  name: EngineName,
  launch: () => Promise<Driver>,
  expected: Expectations,
): void {
  describe(name, () => {
    const bench = { expected } as { -readonly [Field in keyof Bench]: Bench[Field] };

    beforeAll(async () => {
      bench.site = await startSite();
      bench.driver = await launch();
    });
    afterAll(async () => {
      await bench.driver?.close();
      await bench.site?.close();
    });

    test('is the browser that it is said to be', async () => {
      const agent = await bench.driver.evaluate<string>('navigator.userAgent');
      const marks = { chromium: /Chrome\/\d/, firefox: /Firefox\/\d/, webkit: /AppleWebKit\/(?!.*Chrome)/ };
      expect(agent).toMatch(marks[name]);
    });

    loadingSuite(bench);
    loadingFailureSuite(bench);
    inlineSuite(bench);
    overridesSuite(bench);
    workerSuite(bench);
    agreementSuite(bench);
    behaviourSuite(bench);
    keptSuite(bench);
    tabsSuite(bench, { crashes: name === 'chromium' });
    demoPageSuite(bench);
    demoFashionSuite(bench);
    demoGraphSuite(bench);
    demoCollectionSuite(bench);
    // The document and its styles, which axe reads, are the same everywhere.
    const axe = name === 'chromium';
    demoBenchmarkSuite(bench, { axe });
    demoLooksSuite(bench, { axe });
    // Without a screen only Chromium draws 60 frames a second.
    if (name === 'chromium') demoFramesSuite(bench);
  });
}
