/**
The demo page: loads the passages, gives their embeddings to an engine in a worker, and shows what is nearest to the
passage that the reader chooses. The address names that passage, so that a link leads to it.

@module
*/
import { loadData } from './data.js';
import { byId } from './element.js';
import { showFacts } from './facts-view.js';
import { NeighborSearch } from './neighbor-search.js';
import { NeighborsView } from './neighbors-view.js';
import { address, findAddress } from './passage-filter.js';
import { showPassage } from './passage-view.js';
import type { Passage } from './passages.js';
import { PickerView } from './picker-view.js';
import { showApp, showFailure, showStep } from './start-view.js';

/** 1 Corinthians 13: "Love is patient and is kind". */
const OPENING_ADDRESS = '1CO.13.1';
const HITS_SHOWN = 10;

const loadingText = 'Loading the passages…';

start();

function start(): void {
  run().catch((error: unknown) => showFailure(error, () => location.reload()));
}

async function run(): Promise<void> {
  showStep(loadingText, 0);
  const { passages, embeddings, bytes } = await loadData((part) => showStep(loadingText, part));

  showStep('Starting the engine…');
  const started = performance.now();
  const search = await NeighborSearch.start(embeddings, passages, (part) =>
    showStep('Adding the rows…', part),
  );
  const startMs = performance.now() - started;

  connect(passages, search);
  showFacts(await search.stats(), { dataBytes: bytes, startMs });
  showApp();
}

/** Ties the views to the search: a choice changes the address, and the address what is shown. */
function connect(passages: readonly Passage[], search: NeighborSearch): void {
  const choose = (id: number): void => {
    location.hash = address(passages[id] as Passage);
  };
  const addressed = (): number => findAddress(passages, location.hash.slice(1) || OPENING_ADDRESS);
  const picker = new PickerView(passages, choose);
  const neighbors = new NeighborsView(passages, choose, () => void showNeighbors());
  let chosen = -1;
  let running = new AbortController();

  function show(id: number): void {
    chosen = id;
    picker.mark(id);
    showPassage(passages[id] as Passage);
    void showNeighbors();
  }

  /** What was asked before is not waited for: the answer shown belongs to the passage shown. */
  async function showNeighbors(): Promise<void> {
    running.abort();
    running = new AbortController();
    const { signal } = running;
    try {
      neighbors.show(await search.nearest(chosen, neighbors.scope, HITS_SHOWN, signal));
    } catch (error) {
      if (!signal.aborted) showFailure(error, () => location.reload());
    }
  }

  addEventListener('hashchange', () => {
    const id = addressed();
    if (id < 0) return;
    show(id);
    byId('passage-title', HTMLElement).scrollIntoView({ block: 'nearest' });
  });
  show(addressed() >= 0 ? addressed() : findAddress(passages, OPENING_ADDRESS));
}
