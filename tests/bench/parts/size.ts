/**
What a page downloads.

@module
*/
import { brotliCompressSync } from 'node:zlib';
import { downloads, glueOf, moduleOf, sizeOf, variants } from '../../../.scripts/package-sizes.mjs';
import { paths } from '../paths.js';
import { printTable } from '../table.js';
import type { Session } from './session.js';

export async function size({ report }: Session): Promise<void> {
  console.log('\nBytes that a page downloads, thousands');
  const rows = [];
  for (const [what, contents] of Object.entries({ ...pieces(), ...downloads(paths.root) })) {
    const [raw, gzip] = sizeOf(contents);
    const brotli = contents.reduce((total, bytes) => total + brotliCompressSync(bytes).length, 0);
    for (const [unit, figure] of Object.entries({
      bytes: raw,
      'bytes gzipped': gzip,
      'bytes by Brotli': brotli,
    })) {
      report.add({ part: 'size', where: 'pkg', what, figure, unit, ratios: { raw: figure / raw } });
    }
    rows.push([what, raw / 1000, gzip / 1000, brotli / 1000]);
  }
  printTable(['what', 'raw', 'gzip', 'Brotli'], [0, 1, 1, 1], rows);
}

/** Modules and glue by themselves. */
function pieces(): Record<string, Buffer[]> {
  return Object.fromEntries(
    variants.flatMap((variant) => [
      [`module, ${variant}`, [moduleOf(paths.root, variant)]],
      [`glue, ${variant}`, [glueOf(paths.root, variant)]],
    ]),
  );
}
