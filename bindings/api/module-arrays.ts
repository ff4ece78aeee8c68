/**
Copies arrays out of the module's memory, into arrays of their own.

@module
*/

export function copyFloats(memory: WebAssembly.Memory, address: number, length: number): Float32Array {
  return new Float32Array(memory.buffer, address, length).slice();
}

export function copyWords(memory: WebAssembly.Memory, address: number, length: number): Uint32Array {
  return new Uint32Array(memory.buffer, address, length).slice();
}

/** Copies floats to a place in an array that is there already. */
export function copyFloatsTo(
  memory: WebAssembly.Memory,
  address: number,
  length: number,
  out: Float32Array,
  position: number,
): void {
  out.set(new Float32Array(memory.buffer, address, length), position);
}
