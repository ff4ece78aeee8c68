// Reads a NumPy array of format 1.0, little-endian, row-major.

import { readFileSync } from 'node:fs';

/** A one-dimensional array is a matrix of one column. */
export function readNpy(path, Type) {
  const file = readFileSync(path);
  if (file.toString('latin1', 0, 6) !== '\x93NUMPY' || file[6] !== 1)
    throw new Error(`${path} is no .npy of format 1.0`);
  const start = 10 + file.readUInt16LE(8);
  const shape = /'shape': \((\d+),(?: (\d+))?\)/.exec(file.toString('latin1', 10, start));
  if (!shape) throw new Error(`${path} is no matrix`);
  return {
    count: Number(shape[1]),
    dim: Number(shape[2] ?? 1),
    values: new Type(Uint8Array.from(file.subarray(start)).buffer),
  };
}
