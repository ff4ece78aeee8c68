/** Bundles the page that runs behaviour suites. The package stays as it is shipped. */
import { copyFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export default async function bundleBehaviourPage(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['tests/browser/behaviour/page.ts'],
    outfile: 'build/tests/behaviour/page.js',
    bundle: true,
    format: 'esm',
    target: 'es2022',
    alias: { vitest: './tests/browser/behaviour/vitest-in-page.ts' },
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
