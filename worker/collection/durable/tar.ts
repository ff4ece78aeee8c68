/**
Archives of files as a stream: ustar (POSIX.1-1988), which every system unpacks.

@module
*/
import { VectorSearchError } from '../../../bindings/api/errors.js';

const blockBytes = 512;
/** Places in a header: offset and length. */
const nameField = [0, 100] as const;
const sizeField = [124, 12] as const;
const checksumField = [148, 8] as const;
/** Largest file that eleven octal digits tell. */
const maxSize = 8 ** 11 - 1;

/** @throws {VectorSearchError} with code `CAPACITY_EXCEEDED`. */
export function tarHeader(name: string, size: number): Uint8Array {
  if (size > maxSize) throw new VectorSearchError('CAPACITY_EXCEEDED', maxSize, size);
  const header = new Uint8Array(blockBytes);
  const put = (offset: number, text: string) => header.set(new TextEncoder().encode(text), offset);
  put(nameField[0], name);
  put(100, '0000644\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(sizeField[0], `${size.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  put(checksumField[0], ' '.repeat(checksumField[1]));
  put(156, '0');
  put(257, 'ustar\x0000');
  put(checksumField[0], `${sumOf(header).toString(8).padStart(6, '0')}\0 `);
  return header;
}

/** Zeros behind a file of `size` bytes. */
export function tarPadding(size: number): Uint8Array {
  return new Uint8Array((blockBytes - (size % blockBytes)) % blockBytes);
}

/** What an archive ends with. */
export function tarEnd(): Uint8Array {
  return new Uint8Array(2 * blockBytes);
}

/** A piece of a file in an archive. */
export interface TarPiece {
  readonly name: string;
  /** Of the whole file. */
  readonly size: number;
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
The files of an archive, piece by piece in their order; an empty file is one empty piece.

@throws {VectorSearchError} with code `CORRUPT_DATA` where it is none, or ends in the middle.
*/
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarPiece, void, void> {
  const input = new Input(source);
  for (;;) {
    const header = await input.exactly(blockBytes);
    if (header.every((byte) => byte === 0)) return;
    const copy = header.slice();
    copy.fill(0x20, checksumField[0], checksumField[0] + checksumField[1]);
    if (Number.parseInt(textIn(header, checksumField), 8) !== sumOf(copy)) throw input.damaged();
    const name = textIn(header, nameField);
    const size = Number.parseInt(textIn(header, sizeField), 8);
    if (size === 0) yield { name, size, offset: 0, bytes: new Uint8Array(0) };
    for (let offset = 0; offset < size; ) {
      const bytes = await input.atMost(size - offset);
      yield { name, size, offset, bytes };
      offset += bytes.length;
    }
    await input.exactly(tarPadding(size).length);
  }
}

/** Bytes as they come, taken as they are needed. */
class Input {
  readonly #source: AsyncIterator<Uint8Array>;
  #bytes: Uint8Array = new Uint8Array(0);
  #position = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async exactly(size: number): Promise<Uint8Array> {
    const taken = new Uint8Array(size);
    for (let length = 0; length < size; ) {
      const bytes = await this.atMost(size - length);
      taken.set(bytes, length);
      length += bytes.length;
    }
    return taken;
  }

  /** At least one byte. */
  async atMost(size: number): Promise<Uint8Array> {
    while (this.#bytes.length === 0) {
      const { value, done } = await this.#source.next();
      if (done) throw this.damaged();
      this.#bytes = value;
    }
    const taken = this.#bytes.subarray(0, size);
    this.#bytes = this.#bytes.subarray(taken.length);
    this.#position += taken.length;
    return taken;
  }

  damaged(): VectorSearchError {
    return new VectorSearchError('CORRUPT_DATA', undefined, `${this.#position} of the snapshot`);
  }
}

function sumOf(header: Uint8Array): number {
  return header.reduce((sum, byte) => sum + byte, 0);
}

function textIn(header: Uint8Array, [offset, length]: readonly [offset: number, length: number]): string {
  const field = header.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end)).trim();
}
