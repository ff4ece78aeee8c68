/**
Turn-taking: what is compared is measured in rounds, each in every round, so that whatever else the machine does falls on
all of it alike. The order is another in every round, the same in every run.

@module
*/
import { randomNumbers } from '../support/vectors.js';

/** Something that is measured. */
export interface Turn {
  readonly who: string;
  /** One measurement in the given round (negative while warming up); its figure. */
  take(round: number): Promise<number> | number;
}

/** What a turn-taker measured, a figure for each round. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

const WARM_UP_ROUNDS = 2;
const ORDER_SEED = 1;

export async function takeTurns(
  turns: readonly Turn[],
  rounds: number,
  warmUpRounds = WARM_UP_ROUNDS,
): Promise<Rounds> {
  const random = randomNumbers(ORDER_SEED);
  const figures = new Map<string, number[]>(turns.map(({ who }) => [who, []]));
  for (let round = -warmUpRounds; round < rounds; round++) {
    // In another order, so that none always follows the same one, whose caches it finds.
    for (const { who, take } of shuffled(turns, random)) {
      const figure = await take(round);
      if (round >= 0) figures.get(who)!.push(figure);
    }
  }
  return figures;
}

/** The same items in an order that is as likely as any other. */
function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const order = [...items];
  for (let left = order.length; left > 1; left--) {
    const picked = Math.floor(random() * left);
    [order[left - 1], order[picked]] = [order[picked]!, order[left - 1]!];
  }
  return order;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value that this share of all values does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}

/** Median of the rounds' own ratios, which drift less than the figures do. */
export function ratio(rounds: Rounds, who: string, toWhom: string): number {
  const [figures, others] = [rounds.get(who)!, rounds.get(toWhom)!];
  return median(figures.map((figure, round) => figure / others[round]!));
}
