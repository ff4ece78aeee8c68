/**
Explicit resource management, where the runtime has it.

@module
*/

/** Makes `dispose` also answer to `Symbol.dispose`. Without the symbol there is nothing to do. */
export function disposeBySymbol(type: { readonly prototype: { dispose(): void } }): void {
  if (typeof Symbol.dispose !== 'symbol') return;
  const { prototype } = type;
  Object.defineProperty(prototype, Symbol.dispose, { value: prototype.dispose, configurable: true });
}
