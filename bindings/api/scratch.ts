/**
A piece of the module's memory through which arrays cross: filled before a call, read after it. Views are made anew
for every use, since memory that grows detaches them.

@module
*/

/** Pieces start at multiples of this, so that vector instructions read whole lines. */
const alignment = 16;

/** Bytes that an array of `length` values of `valueBytes` bytes takes in scratch memory. */
export function scratchBytes(length: number, valueBytes = 4): number {
  return Math.ceil((length * valueBytes) / alignment) * alignment;
}

export class Scratch {
  readonly #memory: WebAssembly.Memory;
  #next = 0;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  /** Begins again at an address with room for what will be put. */
  restart(address: number): this {
    this.#next = address;
    return this;
  }

  /** Copies numbers in; returns their address. */
  putFloats(values: ArrayLike<number>): number {
    const address = this.reserve(values.length);
    new Float32Array(this.#memory.buffer, address, values.length).set(values);
    return address;
  }

  /** Copies words in; returns their address. */
  putWords(values: Uint32Array): number {
    const address = this.reserve(values.length);
    new Uint32Array(this.#memory.buffer, address, values.length).set(values);
    return address;
  }

  /** Copies doubles in; returns their address. */
  putDoubles(values: ArrayLike<number>): number {
    const address = this.reserve(values.length, 8);
    new Float64Array(this.#memory.buffer, address, values.length).set(values);
    return address;
  }

  /** Copies bytes in; returns their address. */
  putBytes(values: Uint8Array): number {
    const address = this.reserve(values.length, 1);
    new Uint8Array(this.#memory.buffer, address, values.length).set(values);
    return address;
  }

  /** Leaves room for an array that a call will write; returns its address. */
  reserve(length: number, valueBytes = 4): number {
    const address = this.#next;
    this.#next += scratchBytes(length, valueBytes);
    return address;
  }
}
