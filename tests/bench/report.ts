/**
What is measured, gathered for the JSON file.

@module
*/
import { writeFile } from 'node:fs/promises';
import { machine } from './machine.js';
import type { RuntimeKind } from './runtimes/runtime.js';
import { median, quantile } from './turns.js';

/** One figure. All ratios are of figures of the same run, measured in turns. */
export interface Line {
  /** The part of the benchmark: `exact`, `batch`, ... */
  readonly part: string;
  /** Title of the data set. */
  readonly data?: string;
  /** Node or browser, its version and variant; a text for what is neither. */
  readonly where: RuntimeKind['facts'] | string;
  readonly what: string;
  readonly metric?: string;
  readonly k?: number;
  /** Length of a graph's candidate list. */
  readonly efSearch?: number;
  /** Median over the rounds. */
  readonly figure: number;
  readonly unit: string;
  /** A quarter of the rounds were below the first, a quarter above the second. */
  readonly quartiles?: readonly [number, number];
  /** The figure over that of others, unless its name tells otherwise: `{ native: 1.05 }`. */
  readonly ratios: Readonly<Record<string, number>>;
  /** Shares of the nearest that are found, where not all are: by the codes alone, and rescored: `{ alone: 0.96, x4: 1 }`. */
  readonly recall?: Readonly<Record<string, number>>;
}

export class Report {
  readonly #lines: Line[] = [];
  readonly #file: string | undefined;

  /** @param file - Where `write` writes. Default: nowhere. */
  constructor(file?: string) {
    this.#file = file;
  }

  add(line: Line): void {
    this.#lines.push(line);
  }

  /** Adds the median and the quartiles of what some rounds measured. */
  addRounds(line: Omit<Line, 'figure' | 'quartiles'>, figures: readonly number[]): void {
    const quartiles = [quantile(figures, 0.25), quantile(figures, 0.75)] as const;
    this.#lines.push({ ...line, figure: median(figures), quartiles });
  }

  /** Writes what there is so far, so that a run that is interrupted leaves what it has. */
  async write(): Promise<void> {
    if (this.#file === undefined) return;
    const written = { machine: machine(), date: new Date().toISOString(), lines: this.#lines };
    await writeFile(this.#file, `${JSON.stringify(written, null, 2)}\n`);
  }
}
