/**
The machine that figures belong to.

@module
*/
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
}

export function machine(): Machine {
  return {
    cpu: cpus()[0]!.model,
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 1e9),
    system: `${type()} ${release()}`,
  };
}

export function describe({ cpu, cores, memoryGb, system }: Machine): string {
  return `${cpu}, ${cores} cores, ${memoryGb} GB, ${system}`;
}
