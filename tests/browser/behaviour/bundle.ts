/** Bundles the pages that run behaviour suites, share a collection or keep one. The package stays as it is shipped. */
import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Folders of pages, and the scripts of each; `page.html` lies beside them. */
const pages = { behaviour: ['page', 'storage-worker'], tabs: ['page'], kept: ['page'], killed: ['page'] };

export default async function bundlePages(): Promise<void> {
  for (const [page, scripts] of Object.entries(pages)) await bundlePage(page, scripts);
}

async function bundlePage(page: string, scripts: readonly string[]): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: scripts.map((script) => `tests/browser/${page}/${script}.ts`),
    outdir: `build/tests/${page}`,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    alias: {
      vitest: './tests/browser/behaviour/vitest-in-page.ts',
      'vicinal-glue': './build/wasm/simd128/vicinal.mjs',
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
