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
  const modules = variants.map((variant) => `./vicinal_${variant}.wasm`);
  return {
    name: 'vicinal',
    version: '0.1.0',
    description: 'Vector search in the page: C++ compiled to WebAssembly, typed, in a worker',
    license: 'MIT',
    type: 'module',
    engines: { node: '>=20' },
    sideEffects: ['./*/vicinal-worker.js'],
    exports: {
      ...Object.fromEntries(
        Object.entries(entries).map(([path, { script, types }]) => [
          path,
          { types: `./types/${types}`, ...scriptsByCondition(script, flavours) },
        ]),
      ),
      ...Object.fromEntries(modules.map((file) => [file, file])),
      './package.json': './package.json',
    },
  };
}

function scriptsByCondition(script, flavours) {
  return {
    ...(flavours.includes('node') && { node: `./node/${script}.js` }),
    default: `./${flavours.includes('web') ? 'web' : 'node'}/${script}.js`,
  };
}
