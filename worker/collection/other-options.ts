/**
Options of a collection that are not those that it has, and how that is told.

@module
*/
import { invalidState, type VectorSearchError } from '../../bindings/api/errors.js';

/** An option of which two values were given. */
export interface OtherOption {
  readonly path: string;
  /** That of the collection. */
  readonly kept: unknown;
  readonly asked: unknown;
}

/** Vectors by name, as options tell them. */
export type NamedOptions = { readonly [name: string]: object };

/** `INVALID_ARGUMENT` that names both values. `isOpen`: the collection was only opened so. */
export function refusalOf(
  { path, kept, asked }: OtherOption,
  name: string,
  isOpen = false,
): VectorSearchError {
  const as = isOpen ? 'is open, in this tab or another' : 'was created';
  return invalidState(`${path} to be ${textOf(kept)}, as collection ${name} ${as}`, textOf(asked));
}

/** Where dense vectors have other names: all of them, as they are to be given, with what must be. */
export function otherVectors(kept: NamedOptions, asked: NamedOptions): OtherOption | undefined {
  const path = 'the options of vectors';
  return haveSameNames(kept, asked)
    ? undefined
    : { path, kept: leastOptionsOf(kept), asked: leastOptionsOf(asked) };
}

/** The same of sparse vectors. */
export function otherSparseVectors(kept: NamedOptions, asked: NamedOptions): OtherOption | undefined {
  return haveSameNames(kept, asked) ? undefined : { path: 'sparseVectors', kept, asked };
}

/** JSON whose keys are in order. */
export function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function haveSameNames(kept: NamedOptions, asked: NamedOptions): boolean {
  return canonical(Object.keys(kept).sort()) === canonical(Object.keys(asked).sort());
}

/** What is not given is as it was created. */
function leastOptionsOf(vectors: NamedOptions): object {
  const dims = Object.entries(vectors).map(([name, { dim }]: [string, { readonly dim?: unknown }]) => [
    name,
    { dim },
  ]);
  const { '': unnamed, ...named } = Object.fromEntries(dims);
  return { ...unnamed, ...(Object.keys(named).length > 0 && { vectors: named }) };
}

function textOf(value: unknown): string {
  return canonical(value) ?? 'none';
}
