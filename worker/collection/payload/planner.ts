/**
How a filter becomes a set of points: conditions that an index answers first, those that leave fewest before others, then
the payloads of what remains are read.

@module
*/
import type { CheckedClause, CheckedCondition, CheckedFilter, FieldTest } from '../filter/checked.js';
import { compileCondition } from '../filter/match.js';
import type { ClauseExplanation } from '../types.js';
import { andBits, andNotBits, countBits, forEachBit, hasBit, orBits } from './bits.js';
import type { FieldIndex } from './field-index.js';
import type { JsonObject } from './path.js';
import type { PointLookup } from './point-lookup.js';
import type { Tokenize } from './tokenize.js';

/** What the planner reads. */
export interface Source {
  readonly points: PointLookup;
  readonly tokenize: Tokenize;
  /** Empty for a point without one. */
  payloadAt(slot: number): JsonObject;
  indexOf(field: FieldTest): FieldIndex | undefined;
}

/** Points, and how they were found. */
export interface Found {
  readonly words: Uint32Array;
  readonly explanations: ClauseExplanation[];
}

/** Reading a payload takes as long as some 200 entries of an index. */
const entriesPerPayload = 200;

/** Costs that differ in kind: far more than there are points. */
const costStep = 2 ** 40;

/** The points of `among` that match. */
export function findMatches(filter: CheckedFilter, among: Uint32Array, source: Source, path = ''): Found {
  let words: Uint32Array = among.slice();
  const explanations: ClauseExplanation[] = [];
  const ask = (step: Step, of: Uint32Array): Uint32Array => {
    const [found, explanation] = askCondition(step, of, source);
    explanations.push(explanation);
    return found;
  };
  for (const { join, steps, minCount } of planOf(filter, source, path)) {
    switch (join) {
      case 'must':
        for (const step of steps) words = ask(step, words);
        break;
      case 'must_not':
        for (const step of steps) andNotBits(words, ask(step, words));
        break;
      case 'should': {
        const rest = words;
        words = new Uint32Array(rest.length);
        for (const step of steps) {
          const found = ask(step, rest);
          orBits(words, found);
          andNotBits(rest, found);
        }
        break;
      }
      case 'min_should': {
        const counts = new Uint32Array(words.length * 32);
        for (const step of steps) {
          forEachBit(ask(step, words), (slot) => {
            counts[slot] = (counts[slot] as number) + 1;
          });
        }
        keepBits(words, (slot) => (counts[slot] as number) >= minCount);
        break;
      }
    }
  }
  return { words, explanations };
}

/** A condition, where it stands, and what asking it costs. */
interface Step {
  readonly condition: CheckedCondition;
  readonly path: string;
  readonly cost: number;
}

/** Conditions that are asked together. */
interface Group {
  readonly join: CheckedClause['join'];
  readonly steps: readonly Step[];
  readonly minCount: number;
  readonly cost: number;
}

/** Cheapest first. The conditions of `must` and `must_not` each for themselves. */
function planOf(filter: CheckedFilter, source: Source, path: string): Group[] {
  const groups: Group[] = [];
  for (const { join, conditions, minCount } of filter) {
    const place = `${path && `${path}.`}${join}${join === 'min_should' ? '.conditions' : ''}`;
    const steps = conditions.map((condition, i) => {
      return { condition, path: `${place}[${i}]`, cost: costOf(condition, source) };
    });
    steps.sort((a, b) => a.cost - b.cost);
    if (join === 'must' || join === 'must_not') {
      for (const step of steps) groups.push({ join, steps: [step], minCount, cost: step.cost });
    } else {
      const cost = Math.max(0, ...steps.map((step) => step.cost));
      groups.push({ join, steps, minCount, cost });
    }
  }
  return groups.sort((a, b) => a.cost - b.cost);
}

/** Of what an index answers, how many match at most; more for what must be read, most for what is nested. */
function costOf(condition: CheckedCondition, source: Source): number {
  switch (condition.type) {
    case 'id':
      return condition.ids.length;
    case 'vector':
      return costStep;
    case 'filter':
      return Math.max(
        0,
        ...condition.filter.flatMap(({ conditions }) => conditions.map((one) => costOf(one, source))),
      );
    case 'nested':
    case 'count':
      return condition.type === 'nested' ? 3 * costStep : 2 * costStep;
    default:
      return source.indexOf(condition)?.estimate(condition) ?? 2 * costStep;
  }
}

function askCondition(
  { condition, path }: Step,
  among: Uint32Array,
  source: Source,
): [Uint32Array, ClauseExplanation] {
  const started = performance.now();
  const asked = countBits(among);
  const { words, by, clauses } = selectCondition(condition, path, among, asked, source);
  const explanation: ClauseExplanation = {
    path,
    condition: nameOf(condition),
    by,
    matched: countBits(words),
    asked,
    ms: performance.now() - started,
    ...(clauses && { clauses }),
  };
  return [words, explanation];
}

interface Selected {
  /** Those of `among` that match: an array of its own. */
  readonly words: Uint32Array;
  readonly by: ClauseExplanation['by'];
  readonly clauses?: ClauseExplanation[];
}

function selectCondition(
  condition: CheckedCondition,
  path: string,
  among: Uint32Array,
  asked: number,
  source: Source,
): Selected {
  const { points, tokenize } = source;
  if (condition.type === 'filter') {
    const { words, explanations } = findMatches(condition.filter, among, source, path);
    return { words, by: 'clauses', clauses: explanations };
  }
  if (condition.type === 'id') {
    const words = new Uint32Array(among.length);
    for (const id of condition.ids) {
      const slot = points.slotOf(id);
      if (slot !== undefined && hasBit(among, slot))
        words[slot >>> 5] = (words[slot >>> 5] as number) | (1 << (slot & 31));
    }
    return { words, by: 'points' };
  }
  const matcher = compileCondition(condition, tokenize);
  const isMatch = (slot: number): boolean => matcher(source.payloadAt(slot), slot, points);
  if (condition.type !== 'vector') {
    const index = source.indexOf(condition);
    const answer =
      index !== undefined && asked * entriesPerPayload > index.values.size
        ? index.select(condition, among)
        : undefined;
    if (answer !== undefined) {
      const { words, unsure } = answer;
      andBits(words, among);
      if (unsure) {
        andBits(unsure, among);
        keepBits(unsure, isMatch, words);
      }
      return { words, by: 'index' };
    }
  }
  const words = among.slice();
  keepBits(words, isMatch);
  return { words, by: condition.type === 'vector' ? 'points' : 'payloads' };
}

/** Of the slots in `asked`, those of which it holds are set in `words`, and the others are not. */
function keepBits(asked: Uint32Array, holds: (slot: number) => boolean, words = asked): void {
  forEachBit(asked, (slot) => {
    const at = slot >>> 5;
    const bit = 1 << (slot & 31);
    words[at] = holds(slot) ? (words[at] as number) | bit : (words[at] as number) & ~bit;
  });
}

const testNames: Readonly<Record<string, string>> = {
  any: 'match',
  range: 'range',
  datetime: 'range',
  box: 'geo_bounding_box',
  radius: 'geo_radius',
  polygon: 'geo_polygon',
  id: 'has_id',
  vector: 'has_vector',
  empty: 'is_empty',
  null: 'is_null',
  count: 'values_count',
};

/** `year range`, `tags match except`, `has_id`, `filter`. */
function nameOf(condition: CheckedCondition): string {
  if (condition.type === 'value') {
    const { type } = condition.test;
    return `${condition.key} ${testNames[type] ?? `match ${type}`}`;
  }
  const name = testNames[condition.type] ?? condition.type;
  return 'key' in condition ? `${condition.key} ${name}` : name;
}
