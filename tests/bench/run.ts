/**
The benchmark's command line: `./build.sh bench [PART...]`.

@module
*/
import { describe, machine } from './machine.js';
import { type partNames, type placeNames, readOptions } from './options.mjs';
import { add } from './parts/add.js';
import { batch } from './parts/batch.js';
import { codes } from './parts/codes.js';
import { collection } from './parts/collection.js';
import { exact } from './parts/exact.js';
import { first } from './parts/first.js';
import { graph } from './parts/graph.js';
import type { Session } from './parts/session.js';
import { size } from './parts/size.js';
import { start } from './parts/start.js';
import { store } from './parts/store.js';
import { paths } from './paths.js';
import { Report } from './report.js';
import { clusters, fashion, passages, realFrom } from './rows/data-sets.js';
import { type BrowserName, browserKind } from './runtimes/browser-runtime.js';
import { nodeKind } from './runtimes/node-runtime.js';
import type { RuntimeKind } from './runtimes/runtime.js';
import { type Site, startSite } from './runtimes/site.js';

const DIM = 768;
const ROUNDS = 9;
const FEW_ROWS = 10_000;
const MANY_ROWS = 100_000;

const parts: Readonly<Record<(typeof partNames)[number], (session: Session) => Promise<void>>> = {
  size,
  start,
  first,
  exact,
  batch,
  codes,
  add,
  graph,
  collection,
  store,
};

const placeKinds: Readonly<
  Record<(typeof placeNames)[number], (site: Site) => Promise<readonly RuntimeKind[]>>
> = {
  node: async (site) => [nodeKind(site, 'relaxed', true), nodeKind(site, 'simd128', false)],
  chromium: browser('Chromium', true),
  firefox: browser('Firefox', true),
  webkit: browser('WebKit', false),
};

function browser(name: BrowserName, peers: boolean) {
  return async (site: Site) => [await browserKind(site, name, peers)];
}

const options = readOptions(process.argv.slice(2));

const site = await startSite();
try {
  const kinds: RuntimeKind[] = [];
  for (const place of options.places) kinds.push(...(await placeKinds[place](site)));
  const real = [await passages(), await fashion()];
  const clustered = await clusters(options.quick ? FEW_ROWS : MANY_ROWS, DIM);
  const fewClusters = await clusters(FEW_ROWS, DIM);
  const embedded = options.data === undefined ? real : await realFrom(options.data);
  const session: Session = {
    site,
    kinds,
    report: new Report(options.json),
    clusters: clustered,
    fewClusters,
    real,
    coded: [...embedded, clustered],
    graphed: [...embedded, fewClusters, ...(options.quick ? [] : [clustered])].filter(({ title }) =>
      title.includes(options.sets),
    ),
    figures: options.figures ?? paths.bench,
    only: options.only,
    rounds: ROUNDS,
    quick: options.quick,
  };
  console.log(`${describe(machine())}\n${kinds.map(({ title }) => title).join('; ')}`);
  for (const part of options.parts) {
    await parts[part](session);
    await session.report.write();
  }
} finally {
  site.close();
}
