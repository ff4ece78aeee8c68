/**
`vicinal/worker/inline`: the same as `vicinal/worker`, with the worker and the module embedded in the script, for
bundlers and hosts that lose files. To be used in place of `vicinal/worker`, not beside it, and together with
`vicinal/inline` where the page has need of both.

The worker starts from a `blob:` address, so a page with a content security policy must allow `worker-src blob:`. The
simd128 module is embedded. To run the relaxed one, pass it as `wasmModule` or its address as `wasmUrl`.

@module vicinal/worker/inline
*/
export * from './index.js';
