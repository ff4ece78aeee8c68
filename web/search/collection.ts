/**
A collection of the demo: loaded when it is first opened, searched from then on.

@module
*/
import { signal } from '@preact/signals';
import { download } from '../download.js';
import { LiveSearch } from './live-search.js';
import type { Rows } from './rows.js';

/** A file of the demo's data. Its size is known here, since servers that compress on the way do not tell. */
export interface DataFile {
  readonly url: URL;
  readonly bytes: number;
}

export interface Loaded<Items> {
  readonly items: Items;
  readonly rows: Rows;
  readonly search: LiveSearch;
}

export class Collection<Items> {
  /** What a reader calls it. */
  readonly title: string;
  readonly #files: readonly DataFile[];
  readonly #decode: (files: ArrayBuffer[]) => Promise<{ items: Items; rows: Rows }>;
  #opening: Promise<void> | undefined;

  readonly loaded = signal<Loaded<Items> | undefined>(undefined);
  /** Bytes that have come. */
  readonly loadedBytes = signal(0);
  readonly failure = signal<unknown>(undefined);

  constructor(
    title: string,
    files: readonly DataFile[],
    decode: (files: ArrayBuffer[]) => Promise<{ items: Items; rows: Rows }>,
  ) {
    this.title = title;
    this.#files = files;
    this.#decode = decode;
  }

  get totalBytes(): number {
    return this.#files.reduce((sum, file) => sum + file.bytes, 0);
  }

  /** Names of its files: those of a built page tell one content from another. */
  get edition(): string {
    return this.#files.map(({ url }) => url.pathname.split('/').at(-1)).join(' ');
  }

  /** Loads it, unless it is there or on its way. What has failed is tried again. */
  open(): void {
    if (this.#opening || this.loaded.value) return;
    this.failure.value = undefined;
    this.loadedBytes.value = 0;
    this.#opening = this.#load()
      .catch((error: unknown) => {
        this.failure.value = error;
      })
      .finally(() => {
        this.#opening = undefined;
      });
  }

  /** Opens it, and waits for it. @throws what failed. */
  async whole(): Promise<Loaded<Items>> {
    this.open();
    await this.#opening;
    if (!this.loaded.value) throw this.failure.value;
    return this.loaded.value;
  }

  async #load(): Promise<void> {
    const stop = new AbortController();
    const count = (more: number): void => {
      this.loadedBytes.value += more;
    };
    const files = await Promise.all(this.#files.map(({ url }) => download(url, count, stop.signal))).finally(
      () => stop.abort(),
    );
    const { items, rows } = await this.#decode(files);
    this.loaded.value = { items, rows, search: new LiveSearch(rows) };
  }
}
