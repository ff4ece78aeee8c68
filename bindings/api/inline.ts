/**
`vicinal/inline`: the same as `vicinal`, with the module embedded in the script, for bundlers and hosts that lose files.
To be used in place of `vicinal`, not beside it: each has a module and classes of its own.

The simd128 module is embedded. To run the relaxed one, pass it as `wasmModule` or its address as `wasmUrl`.

@module vicinal/inline
*/
export * from './index.js';
export { default } from './index.js';
