// The package's scripts, bundled from the TypeScript sources.
//
// Sources named *-web.ts speak to a browser: the bundle for Node has their *-node.ts neighbours in their place.
// Sources named *-files.ts find the package's files: the bundle of the inline entries has *-inline.ts in their place,
// and that for Node *-node.ts, which do either.
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { manifest } from './manifest.mjs';

/**
The scripts of a flavour, `web` or `node`.

@param context.glue - Path of the glue that Emscripten generated.
@param context.module - Path of the module that the inline entries embed.
*/
export async function bundle(flavour, { root, out, glue, module, dev }) {
  const shared = {
    absWorkingDir: root,
    bundle: true,
    format: 'esm',
    target: 'es2022',
    platform: flavour === 'node' ? 'node' : 'browser',
    outdir: join(out, flavour),
    sourcemap: true,
    // Node shows the line of an uncaught error, so lines stay short there.
    minify: flavour === 'web' && !dev,
    legalComments: 'none',
    define: { VICINAL_DEV: String(dev), VICINAL_VERSION: JSON.stringify(manifest(['web', 'node']).version) },
    alias: { 'vicinal-glue': glue },
    logLevel: 'warning',
  };
  const inPlace = flavour === 'node' ? { web: 'node' } : {};
  const hostEntry = 'worker/host-entry.ts';
  await build({
    ...shared,
    plugins: [replaceSources(inPlace)],
    entryPoints: { 'vicinal-worker': hostEntry },
  });

  const { outputFiles } = await build({
    ...shared,
    plugins: [replaceSources(inPlace)],
    entryPoints: [hostEntry],
    // A script of the classic kind, which `Worker` takes as text both in browsers and in Node.
    format: flavour === 'node' ? 'cjs' : 'iife',
    // It is sent the module. Bundlers would look for this in the text.
    define: { ...shared.define, 'import.meta.url': 'undefined' },
    minify: !dev,
    sourcemap: false,
    write: false,
  });
  const texts = {
    'vicinal-worker-source': outputFiles[0].text,
    'vicinal-packed-module': gzipSync(readFileSync(module), { level: 9 }).toString('base64'),
  };
  // All entries for Node may come to need the texts, so there these have scripts of their own.
  const embedded = flavour === 'node' ? neighborTexts(texts, shared.outdir) : embedTexts(texts);

  await build({
    ...shared,
    plugins: [replaceSources(flavour === 'node' ? { ...inPlace, files: 'node' } : inPlace), embedded],
    entryPoints: { index: 'bindings/api/index.ts', worker: 'worker/index.ts' },
    splitting: true,
    chunkNames: 'shared',
  });
  await build({
    ...shared,
    plugins: [replaceSources({ ...inPlace, files: 'inline' }), embedded],
    entryPoints: { inline: 'bindings/api/inline.ts', 'worker-inline': 'worker/inline.ts' },
    splitting: true,
    chunkNames: 'inline-shared',
    // Its sources are those of the entries above, which have maps; here they would hold the embedded texts again.
    sourcemap: false,
  });
}

/** `replacements`: endings of source names, and those of the sources that take their place. */
function replaceSources(replacements) {
  return {
    name: 'replace-sources',
    setup({ onResolve }) {
      for (const [ending, other] of Object.entries(replacements)) {
        const pattern = new RegExp(`-${ending}\\.js$`);
        onResolve({ filter: pattern }, ({ path, resolveDir }) => ({
          path: resolve(resolveDir, path.replace(pattern, `-${other}.ts`)),
        }));
      }
    },
  };
}

/** `texts`: module names, and the text that each exports. */
function embedTexts(texts) {
  return {
    name: 'embed-texts',
    setup({ onResolve, onLoad }) {
      const names = new RegExp(`^(${Object.keys(texts).join('|')})$`);
      onResolve({ filter: names }, ({ path }) => ({ path, namespace: 'embedded' }));
      onLoad({ filter: names, namespace: 'embedded' }, ({ path }) => ({
        contents: texts[path],
        loader: 'text',
      }));
    },
  };
}

/** As {@link embedTexts}, with each text in a script of its own beside those that import it. */
function neighborTexts(texts, outdir) {
  return {
    name: 'neighbor-texts',
    setup({ onResolve, onEnd }) {
      const names = new RegExp(`^(${Object.keys(texts).join('|')})$`);
      onResolve({ filter: names }, ({ path }) => ({ path: `./${path}.js`, external: true }));
      onEnd(() => {
        for (const [name, text] of Object.entries(texts))
          writeFileSync(join(outdir, `${name}.js`), `export default ${JSON.stringify(text)};\n`);
      });
    },
  };
}
