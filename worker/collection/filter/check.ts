/**
Filters as callers pass them, made sure of. Messages name the place: `filter.must[1].range.gte`.

@module
*/
import { invalidArgument, invalidState, VectorSearchError } from '../../../bindings/api/errors.js';
import { parseDatetime } from '../payload/datetime.js';
import { parsePath } from '../payload/path.js';
import type { PointId } from '../types.js';
import type { CheckedClause, CheckedCondition, CheckedFilter, FieldTest, ValueTest } from './checked.js';
import type { GeoPoint, Range } from './types.js';

export type { CheckedFilter } from './checked.js';

type Members = Readonly<Record<string, unknown>>;

const clauseNames = ['must', 'should', 'must_not', 'min_should'] as const;
const conditionNames = ['key', 'nested', 'is_empty', 'is_null', 'has_id', 'has_vector', 'slice'] as const;
const testNames = [
  'match',
  'range',
  'geo_bounding_box',
  'geo_radius',
  'geo_polygon',
  'values_count',
  'is_empty',
  'is_null',
] as const;
const matchNames = ['value', 'any', 'except', 'text', 'text_any', 'phrase', 'prefix', 'substring'] as const;
const boundNames = ['gt', 'gte', 'lt', 'lte'] as const;

/** How deep filters may nest. It ends cycles too. */
const maxDepth = 64;

/**
A filter, checked: a copy that can be sent to a worker.

@throws {VectorSearchError} with code `INVALID_ARGUMENT`, naming where the mistake is; `NOT_SUPPORTED` for what Qdrant
has and this package has not.
*/
export function checkFilter(filter: unknown): CheckedFilter {
  return checkClauses(filter, 'filter', 1, false);
}

/**
The values to one of which `must` binds a field: its points lie where these do.

@returns `undefined` where it does not bind it.
*/
export function fixedValues(filter: CheckedFilter, key: string): readonly (string | number)[] | undefined {
  const path = JSON.stringify(parsePath(key, 'key'));
  let fewest: readonly (string | number)[] | undefined;
  for (const condition of filter.flatMap(({ join, conditions }) => (join === 'must' ? conditions : []))) {
    let values: readonly (string | number)[] | undefined;
    if (condition.type === 'filter') {
      values = fixedValues(condition.filter, key);
    } else if (
      condition.type === 'value' &&
      condition.test.type === 'any' &&
      JSON.stringify(condition.path) === path
    ) {
      values = [...condition.test.values].filter((value) => typeof value !== 'boolean');
    }
    if (values !== undefined && values.length < (fewest?.length ?? Number.POSITIVE_INFINITY)) fewest = values;
  }
  return fewest;
}

/** What is given: Qdrant takes `null` for nothing. */
function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function list(names: readonly string[]): string {
  return names.join(', ');
}

/** An object of which these members alone are given. */
function checkMembers(value: unknown, path: string, names: readonly string[]): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalidArgument(`${path} to be an object with ${list(names)}`, value);
  for (const name of Object.keys(value)) {
    if (!names.includes(name))
      throw invalidArgument(`${path} to have no other keys than ${list(names)}`, name);
  }
  return value as Members;
}

/** Which one of these members is given. */
function checkOne<Name extends string>(members: Members, path: string, names: readonly Name[]): Name {
  const given = names.filter((name) => isGiven(members[name]));
  if (given.length !== 1)
    throw invalidState(`${path} to have one of ${list(names)}`, list(given) || 'none of them');
  return given[0] as Name;
}

function checkArray(value: unknown, path: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidArgument(`${path} to be an array`, value);
  return value;
}

function checkString(value: unknown, path: string): string {
  if (typeof value !== 'string') throw invalidArgument(`${path} to be a string`, value);
  return value;
}

function checkNumber(value: unknown, path: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw invalidArgument(`${path} to be a finite number`, value);
  return value;
}

function checkCount(value: unknown, path: string, minimum: number): number {
  if (!Number.isInteger(value) || (value as number) < minimum)
    throw invalidArgument(`${path} to be an integer of at least ${minimum}`, value);
  return value as number;
}

function checkClauses(filter: unknown, path: string, depth: number, isNested: boolean): CheckedFilter {
  if (depth > maxDepth) throw invalidState(`the filter to nest at most ${maxDepth} deep`, 'more');
  const members = checkMembers(filter, path, clauseNames);
  const clauses: CheckedClause[] = [];
  for (const join of clauseNames) {
    if (!isGiven(members[join])) continue;
    let given = members[join];
    let place = `${path}.${join}`;
    let minCount = 1;
    if (join === 'min_should') {
      const { conditions, min_count } = checkMembers(given, place, ['conditions', 'min_count']);
      minCount = checkCount(min_count, `${place}.min_count`, 0);
      place += '.conditions';
      given = checkArray(conditions, place);
    }
    const conditions = Array.isArray(given)
      ? given.map((condition, i) => checkCondition(condition, `${place}[${i}]`, depth, isNested))
      : [checkCondition(given, place, depth, isNested)];
    if (conditions.length > 0 || join === 'min_should') clauses.push({ join, conditions, minCount });
  }
  return clauses;
}

function checkCondition(
  condition: unknown,
  path: string,
  depth: number,
  isNested: boolean,
): CheckedCondition {
  if (typeof condition !== 'object' || condition === null || Array.isArray(condition))
    throw invalidArgument(`${path} to be a condition or a filter`, condition);
  const members = condition as Members;
  const kind = conditionNames.find((name) => Object.hasOwn(members, name));
  switch (kind) {
    case undefined: {
      const names = Object.keys(members);
      if (names.length > 0 && !names.some((name) => (clauseNames as readonly string[]).includes(name)))
        throw invalidState(
          `${path} to have one of ${list(conditionNames.slice(0, -1))}, ${list(clauseNames)}`,
          list(names),
        );
      return { type: 'filter', filter: checkClauses(condition, path, depth + 1, isNested) };
    }
    case 'key':
      return checkField(members, path);
    case 'slice':
      throw new VectorSearchError('NOT_SUPPORTED', undefined, `${path}.slice`);
    default:
      checkMembers(members, path, [kind]);
  }
  const value = members[kind];
  const place = `${path}.${kind}`;
  switch (kind) {
    case 'has_id':
    case 'has_vector':
      if (isNested) throw invalidArgument(`${path} to be about the fields of an object`, kind);
      return kind === 'has_vector'
        ? { type: 'vector', name: checkString(value, place) }
        : { type: 'id', ids: checkArray(value, place).map((id, i) => checkPointId(id, `${place}[${i}]`)) };
    case 'nested': {
      const nested = checkMembers(value, place, ['key', 'filter']);
      const field = checkKey(nested.key, place);
      // `a[]` and `a` are the same here.
      if (field.path.length > 1 && field.path.at(-1) === null) field.path = field.path.slice(0, -1);
      return {
        ...field,
        type: 'nested',
        filter: checkClauses(nested.filter, `${place}.filter`, depth + 1, true),
      };
    }
    default: {
      const { key } = checkMembers(value, place, ['key']);
      return { ...checkKey(key, place), type: kind === 'is_empty' ? 'empty' : 'null', is: true };
    }
  }
}

function checkKey(key: unknown, path: string): { key: string; path: FieldTest['path'] } {
  return { path: parsePath(key, `${path}.key`), key: key as string };
}

function checkPointId(id: unknown, path: string): PointId {
  if (!(typeof id === 'string' ? id !== '' : Number.isSafeInteger(id) && (id as number) >= 0))
    throw invalidArgument(`${path} to be an id: an integer of at least 0 or a string`, id);
  return id as PointId;
}

function checkField(members: Members, path: string): FieldTest {
  checkMembers(members, path, ['key', ...testNames]);
  const field = checkKey(members.key, path);
  const name = checkOne(members, path, testNames);
  const value = members[name];
  const place = `${path}.${name}`;
  switch (name) {
    case 'is_empty':
    case 'is_null':
      if (typeof value !== 'boolean') throw invalidArgument(`${place} to be a boolean`, value);
      return { ...field, type: name === 'is_empty' ? 'empty' : 'null', is: value };
    case 'values_count':
      return {
        ...field,
        type: 'count',
        bounds: checkBounds(value, place, (bound, at) => checkCount(bound, at, 0)),
      };
    case 'match':
      return { ...field, type: 'value', test: checkMatch(value, place) };
    case 'range':
      return { ...field, type: 'value', test: checkRange(value, place) };
    default:
      return { ...field, type: 'value', test: checkGeo(name, value, place) };
  }
}

function checkBounds(
  value: unknown,
  path: string,
  check: (bound: unknown, path: string) => number,
): Range<number> {
  const members = checkMembers(value, path, boundNames);
  const bounds: Record<string, number> = {};
  for (const name of boundNames) {
    if (isGiven(members[name])) bounds[name] = check(members[name], `${path}.${name}`);
  }
  return bounds;
}

function checkRange(value: unknown, path: string): ValueTest {
  let type: 'range' | 'datetime' = 'range';
  let first: string | undefined;
  const bounds = checkBounds(value, path, (bound, place) => {
    const number = typeof bound === 'string' ? parseDatetime(bound) : bound;
    if (typeof number !== 'number' || !Number.isFinite(number))
      throw invalidArgument(`${place} to be a number or a datetime`, bound);
    const kind = typeof bound === 'string' ? 'datetime' : 'range';
    if (first !== undefined && kind !== type) throw invalidArgument(`${place} to be what ${first} is`, bound);
    type = kind;
    first = place;
    return number;
  });
  return { type, bounds };
}

function checkMatch(value: unknown, path: string): ValueTest {
  const members = checkMembers(value, path, matchNames);
  const name = checkOne(members, path, matchNames);
  const given = members[name];
  const place = `${path}.${name}`;
  if (name === 'value') {
    if (typeof given !== 'string' && typeof given !== 'boolean' && !Number.isInteger(given))
      throw invalidArgument(`${place} to be a string, an integer or a boolean (floats: range)`, given);
    return { type: 'any', values: new Set([given as string | number | boolean]) };
  }
  if (name === 'any' || name === 'except') {
    const values = checkArray(given, place);
    for (const [i, one] of values.entries()) {
      if (typeof one !== typeof values[0] || (typeof one !== 'string' && !Number.isInteger(one)))
        throw invalidArgument(`${place}[${i}] to be a string or an integer like all others`, one);
    }
    return { type: name, values: new Set(values as (string | number)[]) };
  }
  return { type: name, text: checkString(given, place) };
}

function checkGeo(
  name: 'geo_bounding_box' | 'geo_radius' | 'geo_polygon',
  value: unknown,
  path: string,
): ValueTest {
  if (name === 'geo_bounding_box') {
    const members = checkMembers(value, path, ['top_left', 'bottom_right']);
    const top_left = checkPoint(members.top_left, `${path}.top_left`);
    return {
      type: 'box',
      box: { top_left, bottom_right: checkPoint(members.bottom_right, `${path}.bottom_right`) },
    };
  }
  if (name === 'geo_radius') {
    const members = checkMembers(value, path, ['center', 'radius']);
    const center = checkPoint(members.center, `${path}.center`);
    return { type: 'radius', circle: { center, radius: checkNumber(members.radius, `${path}.radius`) } };
  }
  const members = checkMembers(value, path, ['exterior', 'interiors']);
  const interiors = isGiven(members.interiors) ? checkArray(members.interiors, `${path}.interiors`) : [];
  return {
    type: 'polygon',
    exterior: checkRing(members.exterior, `${path}.exterior`),
    interiors: interiors.map((ring, i) => checkRing(ring, `${path}.interiors[${i}]`)),
  };
}

function checkPoint(value: unknown, path: string): GeoPoint {
  const members = checkMembers(value, path, ['lon', 'lat']);
  for (const [name, limit] of [
    ['lon', 180],
    ['lat', 90],
  ] as const) {
    if (Math.abs(checkNumber(members[name], `${path}.${name}`)) > limit)
      throw invalidArgument(`${path}.${name} to be from ${-limit} to ${limit}`, members[name]);
  }
  return { lon: members.lon as number, lat: members.lat as number };
}

function checkRing(value: unknown, path: string): GeoPoint[] {
  const place = `${path}.points`;
  const { points } = checkMembers(value, path, ['points']);
  const ring = checkArray(points, place).map((point, i) => checkPoint(point, `${place}[${i}]`));
  const first = ring[0];
  const last = ring.at(-1);
  if (ring.length < 4) throw invalidArgument(`${place} to be at least 4`, ring.length);
  if (first?.lon !== last?.lon || first?.lat !== last?.lat)
    throw invalidState(`${place} to end where they begin`, 'another place');
  return ring;
}
