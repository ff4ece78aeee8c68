// The package's package.json.

export const variants = ['simd128', 'relaxed'];

/** Files of the package by entry: script in web/ and node/, declarations in types/. */
export const entries = {
  '.': { script: 'index', types: 'bindings/api/index.d.ts' },
  './inline': { script: 'inline', types: 'bindings/api/inline.d.ts' },
  './worker': { script: 'worker', types: 'worker/index.d.ts' },
  './worker/inline': { script: 'worker-inline', types: 'worker/inline.d.ts' },
  './vicinal-worker.js': { script: 'vicinal-worker', types: 'worker/host-entry.d.ts' },
};

/** `flavours`: those that are built, of `web` and `node`. */
export function manifest(flavours) {
  const modules = variants.map((variant) => `vicinal_${variant}.wasm`);
  return {
    name: 'vicinal',
    version: '0.1.0',
    description: 'Vector search in the page: C++ compiled to WebAssembly, typed, in a worker',
    keywords: [
      ...['vector-search', 'similarity-search', 'nearest-neighbor', 'semantic-search', 'embeddings'],
      ...['webassembly', 'wasm', 'simd', 'web-worker', 'browser'],
    ],
    license: 'MIT',
    type: 'module',
    engines: { node: '>=20' },
    // Whoever imports the worker file wants it run; all else may be left out where nothing of it is used.
    sideEffects: flavours.map((flavour) => `./${flavour}/vicinal-worker.js`),
    files: ['web', ...flavours.filter((flavour) => flavour !== 'web'), 'types', 'worker', '*.js', '*.d.ts'],
    // For tools that do not read `exports`.
    main: `./${flavours[0]}/${entries['.'].script}.js`,
    types: `./types/${entries['.'].types}`,
    exports: {
      ...Object.fromEntries(
        Object.entries(entries).map(([path, { script, types }]) => [
          path,
          { types: `./types/${types}`, ...scriptsByCondition(script, flavours) },
        ]),
      ),
      ...Object.fromEntries(modules.map((file) => [`./${file}`, `./web/${file}`])),
      './package.json': './package.json',
    },
  };
}

/**
The first condition that holds decides. `browser` comes before `node`, since what sets both (Electron's windows, a
worker of Cloudflare's with Node's modules) has no file system for the package. Bun and Deno set `node`. What sets
neither (an import map, an edge runtime, a bundler that knows no target) gets what needs only the Web's own interfaces.
*/
function scriptsByCondition(script, flavours) {
  const web = `./web/${script}.js`;
  const node = `./node/${script}.js`;
  if (!flavours.includes('node')) return { default: web };
  if (!flavours.includes('web')) return { default: node };
  return { browser: web, node, default: web };
}
