/**
Explicit resource management, where the runtime has it.

@module
*/

/**
Makes an object answer to `Symbol.dispose` too. Without the symbol there is nothing to do. For constructors: done to a
class, bundlers would keep the class even where nobody uses it.
*/
export function disposeBySymbol(object: { dispose(): void }): void {
  if (typeof Symbol.dispose === 'symbol')
    Object.defineProperty(object, Symbol.dispose, { value: () => object.dispose(), configurable: true });
}
