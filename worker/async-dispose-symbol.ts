/**
Explicit resource management of objects whose end takes time, where the runtime has it.

@module
*/

/** Makes `dispose` also answer to `Symbol.asyncDispose`. Without the symbol there is nothing to do. */
export function disposeByAsyncSymbol(type: { readonly prototype: { dispose(): Promise<void> } }): void {
  if (typeof Symbol.asyncDispose !== 'symbol') return;
  Object.defineProperty(type.prototype, Symbol.asyncDispose, {
    value(this: { dispose(): Promise<void> }) {
      return this.dispose();
    },
    configurable: true,
  });
}
