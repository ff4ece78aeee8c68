/**
An array over memory that changes its size, which the types of the language level in use do not know.

@module
*/
export function resizableFloats(length: number): {
  readonly values: Float32Array;
  readonly resize: (length: number) => void;
} {
  const Resizable = ArrayBuffer as unknown as new (
    byteLength: number,
    options: { readonly maxByteLength: number },
  ) => ArrayBuffer & { resize(byteLength: number): void };
  const buffer = new Resizable(length * 4, { maxByteLength: length * 4 });
  return { values: new Float32Array(buffer), resize: (newLength) => buffer.resize(newLength * 4) };
}
