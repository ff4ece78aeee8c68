/** The passages and their embeddings, as data/README.md describes them. */
import { mapInSlices } from '../in-slices.js';
import { decodePassages, openEmbeddings, type Passage } from '../passages.js';
import { Collection } from '../search/collection.js';
import { comparablePassage, PassageFilter } from './passage-filter.js';

export interface PassageItems {
  readonly passages: readonly Passage[];
  readonly filter: PassageFilter;
}

export const passages = new Collection<PassageItems>(
  'passages',
  [
    { url: new URL('../data/passages-vectors.bin', import.meta.url), bytes: 3_215_576 },
    { url: new URL('../data/passages-texts.bin', import.meta.url), bytes: 1_137_601 },
  ],
  async ([vectors, texts]) => {
    const rows = openEmbeddings(vectors as ArrayBuffer);
    const passages = await decodePassages(texts as ArrayBuffer);
    if (passages.length !== rows.count) {
      throw new RangeError(`${rows.count} embeddings came with ${passages.length} passages`);
    }
    const filter = new PassageFilter(await mapInSlices(passages, comparablePassage));
    return { items: { passages, filter }, rows };
  },
);
