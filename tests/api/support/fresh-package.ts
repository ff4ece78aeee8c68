/**
The package with its module not yet loaded: every call gives another instance of it, as every page has.

@module
*/
type Package = typeof import('vicinal');

let instances = 0;

/** Where the package of this repository lies, as it is shipped. */
export const packageUrl = new URL('../../../pkg/', import.meta.url);

export function freshPackage(): Promise<Package> {
  // Node keeps modules by their address, the query included.
  return import(/* @vite-ignore */ new URL(`node/index.js?instance=${instances++}`, packageUrl).href);
}
