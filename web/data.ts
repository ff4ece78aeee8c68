/**
The demo's own data, as {@link file://./data/README.md} describes it.

@module
*/
import { download } from './download.js';
import { decodeEmbeddings, decodePassages, type Embeddings, type Passage } from './passages.js';

const VECTORS = new URL('./data/passages-vectors.bin', import.meta.url);
const TEXTS = new URL('./data/passages-texts.bin', import.meta.url);

/** Bytes of both files: servers that compress on the way do not tell. */
const TOTAL_BYTES = 3_215_576 + 1_137_601;

export interface Data {
  readonly passages: readonly Passage[];
  /** Row `i` belongs to passage `i`. */
  readonly embeddings: Embeddings;
  readonly bytes: number;
}

/** @param onProgress - Called with the part that has come, 0 to 1. */
export async function loadData(onProgress: (part: number) => void): Promise<Data> {
  let bytes = 0;
  const count = (more: number): void => {
    bytes += more;
    onProgress(Math.min(1, bytes / TOTAL_BYTES));
  };
  const [vectors, texts] = await Promise.all([download(VECTORS, count), download(TEXTS, count)]);
  const embeddings = decodeEmbeddings(vectors);
  const passages = await decodePassages(texts);
  if (passages.length !== embeddings.count) {
    throw new RangeError(`${embeddings.count} embeddings came with ${passages.length} passages`);
  }
  return { passages, embeddings, bytes };
}
