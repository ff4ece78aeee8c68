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

export function copyDoubles(memory: WebAssembly.Memory, address: number, length: number): Float64Array {
  return new Float64Array(memory.buffer, address, length).slice();
}

/** Copies doubles that lie in the order of their names. */
export function copyNamed<Name extends string>(
  memory: WebAssembly.Memory,
  address: number,
  names: readonly Name[],
): Record<Name, number> {
  const values = copyDoubles(memory, address, names.length);
  return Object.fromEntries(names.map((name, i) => [name, values[i]])) as Record<Name, number>;
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
