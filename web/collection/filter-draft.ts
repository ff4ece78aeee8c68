/**
A filter while it is built: one clause a payload field.

@module
*/
import type { Condition, Filter } from 'vicinal/worker';
import type { Field } from './point-set.js';

/** What is asked of a field; what the kind of the field does not use stays empty. */
export interface Clause {
  /** Points that are so are left out. */
  readonly not: boolean;
  /** One of these, of a `keyword`. */
  readonly values: readonly string[];
  /** Bounds of an `integer`, both included. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** All of these, of a `text`. */
  readonly words: string;
}

/** By the key of the field. */
export type Draft = { readonly [key: string]: Clause };

const nothing: Clause = { not: false, values: [], from: undefined, to: undefined, words: '' };

export function clauseOf(draft: Draft, { key }: Field): Clause {
  return draft[key] ?? nothing;
}

export function changed(draft: Draft, field: Field, change: Partial<Clause>): Draft {
  return { ...draft, [field.key]: { ...clauseOf(draft, field), ...change } };
}

/** What a clause asks, in Qdrant's words; `undefined` where it asks nothing. */
export function conditionOf(
  { key, index }: Field,
  { values, from, to, words }: Clause,
): Condition | undefined {
  switch (index) {
    case 'keyword': {
      const [first, ...others] = values;
      if (first === undefined) return undefined;
      return { key, match: others.length === 0 ? { value: first } : { any: values } };
    }
    case 'integer':
      if (from === undefined && to === undefined) return undefined;
      return {
        key,
        range: { ...(from !== undefined && { gte: from }), ...(to !== undefined && { lte: to }) },
      };
    case 'text':
      return words.trim() === '' ? undefined : { key, match: { text: words.trim() } };
  }
}

/**
The filter of a draft; `undefined` where it asks nothing.

@param without - A field whose clause is left out.
*/
export function filterOf(fields: readonly Field[], draft: Draft, without?: Field): Filter | undefined {
  const conditions = fields.flatMap((field) => {
    const clause = clauseOf(draft, field);
    const condition = field === without ? undefined : conditionOf(field, clause);
    return condition ? [{ condition, not: clause.not }] : [];
  });
  const joined = (not: boolean) =>
    conditions.filter((one) => one.not === not).map(({ condition }) => condition);
  const must = joined(false);
  const mustNot = joined(true);
  if (conditions.length === 0) return undefined;
  return { ...(must.length > 0 && { must }), ...(mustNot.length > 0 && { must_not: mustNot }) };
}
