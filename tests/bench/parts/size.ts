/**
What a page downloads.

@module
*/
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { paths } from '../paths.js';
import { printTable } from '../table.js';
import type { Session } from './session.js';

interface Download {
  readonly what: string;
  readonly files: readonly string[];
}

export async function size({ report }: Session): Promise<void> {
  console.log('\nBytes that a page downloads, thousands');
  const rows = [];
  for (const { what, files } of await downloads()) {
    const contents = await Promise.all(files.map((file) => readFile(join(paths.pkg, file))));
    const sum = (size: (content: Buffer) => number) =>
      contents.reduce((total, content) => total + size(content), 0);
    const raw = sum((content) => content.length);
    const gzip = sum((content) => gzipSync(content, { level: 9 }).length);
    const brotli = sum((content) => brotliCompressSync(content).length);
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

async function downloads(): Promise<Download[]> {
  const shared = (await readdir(join(paths.pkg, 'web')))
    .filter((name) => /^shared-.*\.js$/.test(name))
    .map((name) => `web/${name}`);
  const engine = ['web/index.js', ...shared];
  const worker = ['web/worker.js', 'web/vicinal-worker.js', ...shared];
  return [
    { what: 'module, relaxed', files: ['vicinal_relaxed.wasm'] },
    { what: 'module, simd128', files: ['vicinal_simd128.wasm'] },
    { what: 'glue and API', files: engine },
    { what: 'worker and its client', files: worker },
    { what: 'engine in all, relaxed', files: ['vicinal_relaxed.wasm', ...engine] },
    { what: 'engine in all, simd128', files: ['vicinal_simd128.wasm', ...engine] },
    { what: 'engine behind a worker in all, relaxed', files: ['vicinal_relaxed.wasm', ...worker] },
    { what: 'engine behind a worker in all, simd128', files: ['vicinal_simd128.wasm', ...worker] },
  ];
}
