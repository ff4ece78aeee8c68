/**
The run of the benchmark that the page shows: at most one at a time.

@module
*/
import { signal } from '@preact/signals';
import type { Metric } from 'vicinal/worker';
import type { VariantChoice } from '../address.js';
import type { Rows } from '../search/rows.js';
import type { BenchmarkModule, Measurements } from './measurements.js';
import { runBenchmark } from './run-benchmark.js';

export type RunState =
  | { readonly name: 'idle' | 'done' | 'stopped' }
  | { readonly name: 'running'; readonly step: string; readonly part: number }
  | { readonly name: 'failed'; readonly error: unknown };

class BenchmarkRun {
  readonly state = signal<RunState>({ name: 'idle' });
  /** What runs it, while it runs. */
  readonly module = signal<BenchmarkModule | undefined>(undefined);
  readonly measurements = signal<Measurements | undefined>(undefined);
  #stop = new AbortController();

  async start(rows: Rows, metric: Metric, variant: VariantChoice): Promise<void> {
    this.stop();
    const stop = new AbortController();
    this.#stop = stop;
    this.measurements.value = undefined;
    const show = (state: RunState): void => {
      if (this.#stop === stop) this.state.value = state;
    };
    try {
      await runBenchmark(rows, {
        metric,
        variant,
        signal: stop.signal,
        onStep: (step, part) => show({ name: 'running', step, part }),
        onModule: (module) => {
          if (this.#stop === stop) this.module.value = module;
        },
        onMeasured: (measurements) => {
          if (this.#stop === stop) this.measurements.value = measurements;
        },
      });
      show({ name: 'done' });
    } catch (error) {
      show(stop.signal.aborted ? { name: 'stopped' } : { name: 'failed', error });
    } finally {
      if (this.#stop === stop) this.module.value = undefined;
    }
  }

  /** Ends the run and its worker; what was measured stays. */
  stop(): void {
    this.#stop.abort();
  }

  /** Forgets what was measured. */
  clear(): void {
    this.stop();
    this.#stop = new AbortController();
    this.state.value = { name: 'idle' };
    this.module.value = undefined;
    this.measurements.value = undefined;
  }
}

export const run = new BenchmarkRun();
