/** Bundles fixtures/classic-page.js into one classic script, as tools do that know no modules. */
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

export default async function bundleClassicPage(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['tests/browser/fixtures/classic-page.js'],
    outfile: 'build/tests/classic/scenarios.js',
    bundle: true,
    format: 'iife',
    // It warns that there is no `import.meta` in this form: that is what the tests are about.
    logOverride: { 'empty-import-meta': 'silent' },
  });
}
