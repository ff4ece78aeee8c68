/** The simd128 module as base64 of gzip; the bundler makes it of the built file. */
declare module 'vicinal-packed-module' {
  const packedModule: string;
  export default packedModule;
}
