/**
Payloads and conditions, seeded: the same in every place.

@module
*/
import { randomNumbers } from '../../../support/vectors.js';

/** Five fields, of which {@link INDEXED} may be indexed. */
export type BenchPayload = {
  /** One of {@link KINDS}. */
  readonly kind: string;
  /** Below {@link YEARS}. */
  readonly year: number;
  /** 0 to {@link HIGHEST_PRICE}. */
  readonly price: number;
  readonly title: string;
  readonly inStock: boolean;
};

/** What is asked of payloads. `yearBelow`: so many of {@link YEARS} match. */
export type Condition =
  | { readonly kind: string }
  | { readonly price: readonly [atLeast: number, below: number] }
  | { readonly yearBelow: number };

export const INDEXED = { kind: 'keyword', year: 'integer', price: 'float' } as const;
export const KINDS = 100;
export const YEARS = 100;
export const HIGHEST_PRICE = 1000;

const SEED = 4;

export function payloadsOf(count: number): BenchPayload[] {
  const random = randomNumbers(SEED);
  const below = (limit: number) => Math.floor(random() * limit);
  return Array.from({ length: count }, (_, row) => ({
    kind: kindName(below(KINDS)),
    year: below(YEARS),
    price: random() * HIGHEST_PRICE,
    title: `point ${row} of ${count}`,
    inStock: random() < 0.5,
  }));
}

export function kindName(kind: number): string {
  return `kind ${kind % KINDS}`;
}
