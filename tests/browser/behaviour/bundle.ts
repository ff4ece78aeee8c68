/** Bundles the pages that run behaviour suites, or share a collection. The package stays as it is shipped. */
import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Folders of pages: `page.ts`, and `page.html` beside it. */
const pages = ['behaviour', 'tabs'];

export default async function bundlePages(): Promise<void> {
  for (const page of pages) await bundlePage(page);
}

async function bundlePage(page: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [`tests/browser/${page}/page.ts`],
    outfile: `build/tests/${page}/page.js`,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    alias: {
      vitest: './tests/browser/behaviour/vitest-in-page.ts',
      'vicinal-glue': './build/wasm-simd128/vicinal.mjs',
    },
    plugins: [
      {
        name: 'package-as-shipped',
        setup({ onResolve }) {
          onResolve({ filter: /^vicinal(\/|$)/ }, ({ path }) => ({
            path: `../pkg/web/${path === 'vicinal' ? 'index' : path.slice('vicinal/'.length)}.js`,
            external: true,
          }));
        },
      },
    ],
  });
  await copyFile(`${root}tests/browser/${page}/page.html`, `${root}build/tests/${page}/page.html`);
}
