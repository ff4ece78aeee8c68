// What a page downloads of the package in pkg/, which the size budget and `./build.sh bench size` both measure.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { transformSync } from 'esbuild';

export const variants = ['simd128', 'relaxed'];

/**
 * The contents of the files of each download.
 *
 * @param {string} root the repository
 * @returns {Record<string, Buffer[]>} by what a page imports, and by variant of the module
 */
export function downloads(root) {
  const ofFiles = (...names) => names.map((name) => readFileSync(join(root, 'pkg', name)));
  const all = {};
  for (const variant of variants) {
    const module = moduleOf(root, variant);
    all[`module and glue, ${variant}`] = [glueOf(root, variant), module];
    all[`vicinal, ${variant}`] = [...ofFiles('web/index.js', 'web/shared.js'), module];
    all[`vicinal/worker, ${variant}`] = [
      ...ofFiles('web/worker.js', 'web/shared.js', 'web/vicinal-worker.js'),
      module,
    ];
  }
  all['vicinal/inline'] = ofFiles('web/inline.js', 'web/inline-shared.js');
  all['vicinal/worker/inline'] = ofFiles('web/worker-inline.js', 'web/inline-shared.js');
  return all;
}

/**
 * The WebAssembly of a variant, as the package exports it.
 *
 * @param {string} root the repository
 * @param {string} variant
 */
export function moduleOf(root, variant) {
  const { exports } = JSON.parse(readFileSync(join(root, 'pkg/package.json'), 'utf8'));
  return readFileSync(join(root, 'pkg', exports[`./vicinal_${variant}.wasm`]));
}

/**
 * The generated glue by itself, as it is minified into the scripts.
 *
 * @param {string} root the repository
 * @param {string} variant
 */
export function glueOf(root, variant) {
  const source = readFileSync(join(root, `build/wasm/${variant}/vicinal.mjs`), 'utf8');
  return Buffer.from(transformSync(source, { minify: true, target: 'es2022', legalComments: 'none' }).code);
}

/**
 * `[raw, gzipped]` of some files together, each compressed by itself.
 *
 * @param {readonly Buffer[]} contents
 * @returns {[number, number]}
 */
export function sizeOf(contents) {
  const sum = (size) => contents.reduce((total, bytes) => total + size(bytes), 0);
  return [sum((bytes) => bytes.length), sum((bytes) => gzipSync(bytes, { level: 9 }).length)];
}
