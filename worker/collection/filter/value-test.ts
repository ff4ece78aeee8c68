/**
What a condition asks of one value of a field.

@module
*/
import { parseDatetime } from '../payload/datetime.js';
import { isObject } from '../payload/path.js';
import type { Tokenize } from '../payload/tokenize.js';
import type { JsonValue } from '../types.js';
import type { ValueTest } from './checked.js';
import { placeTest } from './geo.js';
import type { GeoPoint, Range } from './types.js';

/** Whether a value is as was asked. */
export type IsMatch = (value: JsonValue) => boolean;

/** A place with both coordinates in their ranges; anything else is none. */
export function isPlace(value: JsonValue): value is JsonValue & GeoPoint {
  return isObject(value) && isCoordinate(value.lon, 180) && isCoordinate(value.lat, 90);
}

function isCoordinate(value: JsonValue | undefined, limit: number): boolean {
  return typeof value === 'number' && Math.abs(value) <= limit;
}

/** Whether a number is within bounds. */
export function isWithin(value: number, { gt, gte, lt, lte }: Range<number>): boolean {
  return (
    (gt === undefined || value > gt) &&
    (gte === undefined || value >= gte) &&
    (lt === undefined || value < lt) &&
    (lte === undefined || value <= lte)
  );
}

/** Whether the words of a text are as was asked; no words ask for nothing that is there. */
function isTextMatch(type: 'text' | 'text_any' | 'phrase', asked: string[], words: string[]): boolean {
  if (asked.length === 0) return false;
  switch (type) {
    case 'text':
      return asked.every((word) => words.includes(word));
    case 'text_any':
      return asked.some((word) => words.includes(word));
    case 'phrase':
      return words.some((_, start) => asked.every((word, i) => words[start + i] === word));
  }
}

/** The test as a function. */
export function compileTest(test: ValueTest, tokenize: Tokenize): IsMatch {
  switch (test.type) {
    case 'any':
      return (value) => test.values.has(value as string);
    case 'except':
      return (value) => value !== null && !test.values.has(value as string);
    case 'text':
    case 'text_any':
    case 'phrase': {
      const { type } = test;
      const asked = tokenize(test.text);
      return (value) => typeof value === 'string' && isTextMatch(type, asked, tokenize(value));
    }
    case 'prefix':
      return (value) => typeof value === 'string' && value.startsWith(test.text);
    case 'substring':
      return (value) => typeof value === 'string' && value.includes(test.text);
    case 'range':
      return (value) => typeof value === 'number' && isWithin(value, test.bounds);
    case 'datetime':
      return (value) => {
        const time = typeof value === 'string' ? parseDatetime(value) : undefined;
        return time !== undefined && isWithin(time, test.bounds);
      };
    default: {
      const isInside = placeTest(test);
      return (value) => isPlace(value) && isInside?.(value.lon, value.lat) === true;
    }
  }
}
