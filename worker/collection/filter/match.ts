/**
Which points match a filter: the definition, by reading one payload. Indexes answer the same.

@module
*/
import { isObject, type JsonObject, someAt, someValueAt } from '../payload/path.js';
import type { PointLookup } from '../payload/point-lookup.js';
import { type Tokenize, words } from '../payload/tokenize.js';
import type { JsonValue, Payload } from '../types.js';
import type { CheckedCondition, CheckedFilter, FieldTest } from './checked.js';
import { compileTest, isWithin } from './value-test.js';

/** Whether a point matches. */
export type Matcher = (payload: JsonObject, slot: number, points: PointLookup) => boolean;

/** `null`, or an array without elements. */
export function isEmptyValue(value: JsonValue): boolean {
  return value === null || (Array.isArray(value) && value.length === 0);
}

/** `null`, or an array that has it as an element. */
export function isNullValue(value: JsonValue): boolean {
  return value === null || (Array.isArray(value) && value.includes(null));
}

function countOf(value: JsonValue): number {
  return value === null ? 0 : Array.isArray(value) ? value.length : 1;
}

const compiled = new WeakMap<CheckedFilter, { readonly tokenize: Tokenize; readonly matcher: Matcher }>();

/** The filter as a function; the same one for the same filter. */
export function compileFilter(filter: CheckedFilter, tokenize: Tokenize): Matcher {
  const known = compiled.get(filter);
  if (known?.tokenize === tokenize) return known.matcher;
  const clauses = filter.map(({ join, conditions, minCount }) => {
    const matchers = conditions.map((condition) => compileCondition(condition, tokenize));
    return { join, matchers, minCount };
  });
  const matcher: Matcher = (payload, slot, points) =>
    clauses.every(({ join, matchers, minCount }) => {
      const isMatch = (matcher: Matcher): boolean => matcher(payload, slot, points);
      if (join === 'must') return matchers.every(isMatch);
      if (join === 'min_should') return matchers.filter(isMatch).length >= minCount;
      return matchers.some(isMatch) === (join === 'should');
    });
  compiled.set(filter, { tokenize, matcher });
  return matcher;
}

/** A condition as a function. */
export function compileCondition(condition: CheckedCondition, tokenize: Tokenize): Matcher {
  switch (condition.type) {
    case 'filter':
      return compileFilter(condition.filter, tokenize);
    case 'id':
      return (_, slot, points) => condition.ids.some((id) => points.slotOf(id) === slot);
    case 'vector':
      return (_, slot, points) => points.hasVector(condition.name, slot);
    default:
      return compileField(condition, tokenize);
  }
}

function compileField(field: FieldTest, tokenize: Tokenize): Matcher {
  const { path } = field;
  switch (field.type) {
    case 'value': {
      const isMatch = compileTest(field.test, tokenize);
      return (payload) => someValueAt(payload, path, isMatch);
    }
    case 'empty':
      return (payload) => someAt(payload, path, (value) => !isEmptyValue(value)) !== field.is;
    case 'null':
      return (payload) => someAt(payload, path, isNullValue) === field.is;
    case 'count':
      return (payload) => {
        let hasValue = false;
        const isMatch = someAt(payload, path, (value) => {
          hasValue = true;
          return isWithin(countOf(value), field.bounds);
        });
        return hasValue ? isMatch : isWithin(0, field.bounds);
      };
    case 'nested': {
      const matcher = compileFilter(field.filter, tokenize);
      return (payload, slot, points) =>
        someAt(
          payload,
          path,
          (value) =>
            Array.isArray(value) &&
            value.some((element) => isObject(element) && matcher(element, slot, points)),
        );
    }
  }
}

/**
Whether a point matches.

@param slot - Where it is.
@param payload - A point without one matches as one with an empty one.
@param points - Where ids and vectors are found.
@param tokenize - How texts become words. Default: runs of letters and digits in lower case.
*/
export function matches(
  filter: CheckedFilter,
  slot: number,
  payload: Payload | null,
  points: PointLookup,
  tokenize: Tokenize = words,
): boolean {
  return compileFilter(filter, tokenize)(payload ?? {}, slot, points);
}
