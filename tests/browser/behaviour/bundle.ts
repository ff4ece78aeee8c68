/** Bundles the page that runs behaviour suites. The package stays as it is shipped. */
import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export default async function bundleBehaviourPage(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['page', 'storage-worker'].map((name) => `tests/browser/behaviour/${name}.ts`),
    outdir: 'build/tests/behaviour',
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
  await copyFile(`${root}tests/browser/behaviour/page.html`, `${root}build/tests/behaviour/page.html`);
}
