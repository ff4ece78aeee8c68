/**
Finds out which of the two modules this JavaScript engine takes, by validating modules of one function each. An engine
rejects a whole module for one instruction that it does not know, so this cannot be asked of the real ones.

@module
*/
import { invalidArgument, VectorSearchError } from './errors.js';
import type { Variant } from './types.js';

const header = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]; // "\0asm", version 1
const types = [0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b]; // section 1, 5 bytes: one type, () -> v128
const functions = [0x03, 0x02, 0x01, 0x00]; // section 3, 2 bytes: one function, of type 0
const zeros = [0x41, 0x00, 0xfd, 0x0f]; // i32.const 0, i8x16.splat
const end = 0x0b;

const simd128Probe = new Uint8Array([
  ...[...header, ...types, ...functions],
  ...[0x0a, 0x08, 0x01, 0x06, 0x00], // section 10, 8 bytes: one body of 6 bytes, no locals
  ...[...zeros, end],
]);

const relaxedProbe = new Uint8Array([
  ...[...header, ...types, ...functions],
  ...[0x0a, 0x13, 0x01, 0x11, 0x00], // section 10, 19 bytes: one body of 17 bytes, no locals
  ...[...zeros, ...zeros, ...zeros],
  ...[0xfd, 0x93, 0x02], // i32x4.relaxed_dot_i8x16_i7x16_add_s
  end,
]);

/**
The variant to load.

@param wanted - Default: `relaxed` where the engine has it.
@throws {VectorSearchError} with code `UNSUPPORTED_ENVIRONMENT` or `INVALID_ARGUMENT`.
*/
export function pickVariant(wanted?: Variant): Variant {
  if (wanted !== undefined && wanted !== 'simd128' && wanted !== 'relaxed') {
    throw invalidArgument("the variant to be 'simd128' or 'relaxed'", wanted);
  }
  if (typeof WebAssembly !== 'object') {
    throw new VectorSearchError('UNSUPPORTED_ENVIRONMENT', 'WebAssembly', 'an environment without it');
  }
  if (!WebAssembly.validate(simd128Probe)) {
    throw new VectorSearchError(
      'UNSUPPORTED_ENVIRONMENT',
      'WebAssembly with SIMD128',
      'WebAssembly without it',
    );
  }
  const relaxed = WebAssembly.validate(relaxedProbe);
  if (wanted === 'relaxed' && !relaxed) {
    throw new VectorSearchError(
      'UNSUPPORTED_ENVIRONMENT',
      'WebAssembly with relaxed SIMD (leave out `variant` to use what is there)',
      'WebAssembly without it',
    );
  }
  return wanted ?? (relaxed ? 'relaxed' : 'simd128');
}
