/** The glue that Emscripten generates; the bundler resolves it to the built file. */
declare module 'vicinal-glue' {
  const createModule: import('./raw-module.js').CreateModule;
  export default createModule;
}
