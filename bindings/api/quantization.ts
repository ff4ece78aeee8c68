/**
Options of quantization, and how they cross into the module.

@module
*/
import { checkInteger, checkOptions } from './arguments.js';
import { invalidArgument, invalidState } from './errors.js';
import { quantizationNames } from './option-names.js';
import type {
  CodeBits,
  CodecName,
  IndexName,
  Metric,
  Quantization,
  QuantizationOptions,
  SearchOptions,
} from './types.js';

/** In the order of their numbers in the module (src/quantize/codec_options.h). */
const codecNames: readonly CodecName[] = ['scalar', 'binary', 'product'];

/** Widths that a codec knows, its default first. */
const widths: Readonly<Record<CodecName, readonly CodeBits[]>> = {
  scalar: [8, 4, 2, 1],
  binary: [1],
  product: [4, 8],
};

/** Rows scored again for each hit wanted, where float rows are kept: enough for nearly the exact hits. */
const defaultOversampling: Readonly<Record<CodecName, number>> = { scalar: 4, binary: 10, product: 10 };

/** With a graph and codes of 8 bits, which confuse few of the rows that a walk leaves; a walk is short, so each row counts. */
const graphOversampling = 2;

/** Largest dim with a learned rotation, as in src/quantize/product_codec.h. */
const maxRotatedDim = 4096;

/** Words of a quantization: `codec, bits, segments, rotation, quantile (f32), keepVectors, seed (low, high)`. */
export const quantizationWords = 8;

/** What an engine was made with. */
export type EngineQuantization = Omit<Quantization, 'trained'>;

/** @throws {VectorSearchError} with code `INVALID_ARGUMENT`. */
export function checkQuantization(
  options: QuantizationOptions,
  dim: number,
  metric: Metric,
  keepByDefault: boolean,
): EngineQuantization {
  checkOptions(options, quantizationNames);
  const { codec = 'scalar' } = options;
  if (!codecNames.includes(codec))
    throw invalidArgument(`the codec to be one of ${codecNames.join(', ')}`, codec);
  const { bits = widths[codec][0] as CodeBits } = options;
  if (!widths[codec].includes(bits)) {
    throw invalidArgument(`bits of the codec ${codec} to be one of ${widths[codec].join(', ')}`, bits);
  }
  checkUsed('quantile', options.quantile, codec === 'scalar' && bits >= 4, 'scalar codes of 8 or 4 bits');
  checkUsed('segments', options.segments, codec === 'product', 'product codes');
  checkUsed('rotation', options.rotation, codec !== 'scalar', 'binary and product codes');
  checkUsed('seed', options.seed, codec !== 'scalar', 'binary and product codes');
  const {
    quantile,
    segments,
    rotation = codec === 'binary',
    seed = 0,
    keepVectors = keepByDefault,
  } = options;
  if (quantile !== undefined && !(typeof quantile === 'number' && quantile >= 0.5 && quantile <= 1)) {
    throw invalidArgument('quantile to be a number from 0.5 to 1', quantile);
  }
  if (segments !== undefined) checkInteger('segments', segments, 1, dim);
  if (typeof rotation !== 'boolean') throw invalidArgument('rotation to be a boolean', rotation);
  if (metric === 'manhattan' && (codec === 'binary' || rotation)) {
    throw invalidArgument('a metric other than manhattan with binary codes and rotations', metric);
  }
  if (codec === 'product' && rotation && dim > maxRotatedDim) {
    throw invalidArgument(`rotation of product codes with dim up to ${maxRotatedDim} only`, dim);
  }
  if (typeof keepVectors !== 'boolean') throw invalidArgument('keepVectors to be a boolean', keepVectors);
  checkInteger('seed', seed, 0);
  return { codec, bits, quantile: quantile ?? 0, segments: segments ?? 0, rotation, seed, keepVectors };
}

function checkUsed(name: string, value: unknown, used: boolean, users: string): void {
  if (value !== undefined && !used) throw invalidArgument(`${name} with ${users} only`, value);
}

export function toWords(quantization: EngineQuantization): Uint32Array {
  const { codec, bits, segments, rotation, quantile, keepVectors, seed } = quantization;
  const words = Uint32Array.of(
    codecNames.indexOf(codec),
    bits,
    segments,
    Number(rotation),
    0,
    Number(keepVectors),
    seed % 2 ** 32,
    Math.floor(seed / 2 ** 32),
  );
  new Float32Array(words.buffer)[4] = quantile;
  return words;
}

/** @param words - A copy of those of the module. */
export function fromWords(words: Uint32Array): EngineQuantization {
  const [codec, bits, segments, rotation, , keepVectors, seedLow, seedHigh] = [...words] as [
    number,
    CodeBits,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return {
    codec: codecNames[codec] as CodecName,
    bits,
    quantile: asGiven(new Float32Array(words.buffer, words.byteOffset, words.length)[4] as number),
    segments,
    rotation: rotation !== 0,
    seed: seedHigh * 2 ** 32 + seedLow,
    keepVectors: keepVectors !== 0,
  };
}

/** The short decimal that became this float. */
export function asGiven(float: number): number {
  return Number(float.toPrecision(7));
}

/**
How far a search goes beyond the codes.

@param quantization - That of the engine, and its index; `null` for floats only.
@throws {VectorSearchError} with code `INVALID_ARGUMENT`.
*/
export function planRescoring(
  { rescore, oversampling, exact = false }: SearchOptions,
  quantization: EngineQuantization | null,
  index: IndexName,
): { readonly oversampling: number; readonly exact: boolean } {
  for (const [name, value] of Object.entries({ rescore, exact })) {
    if (value !== undefined && typeof value !== 'boolean')
      throw invalidArgument(`${name} to be a boolean`, value);
  }
  const keepsBoth = quantization?.keepVectors ?? false;
  const asked = rescore === true ? 'rescore' : oversampling !== undefined ? 'oversampling' : undefined;
  if (asked !== undefined && !keepsBoth) {
    const held = quantization === null ? 'floats only' : 'codes only';
    throw invalidState(`${asked} only where vectors are kept as codes and as floats`, held);
  }
  if (exact && quantization !== null && !keepsBoth) {
    throw invalidState('exact only where vectors are kept as floats', 'codes only');
  }
  if (!keepsBoth || rescore === false) {
    if (oversampling !== undefined)
      throw invalidArgument('oversampling only where rescore is not false', oversampling);
    return { oversampling: 0, exact };
  }
  const { codec, bits } = quantization as EngineQuantization;
  const byDefault = index === 'hnsw' && bits === 8 ? graphOversampling : defaultOversampling[codec];
  const factor = oversampling ?? byDefault;
  if (typeof factor !== 'number' || !(factor >= 1) || factor === Number.POSITIVE_INFINITY) {
    throw invalidArgument('oversampling to be a number of at least 1', oversampling);
  }
  // More than there can be rows is all of them; it crosses as a float, which has a smaller range.
  return { oversampling: Math.min(factor, 2 ** 32), exact };
}
