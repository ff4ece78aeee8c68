/**
Where JavaScript is measured: a Node process or a page of a browser. Fresh when opened: nothing is compiled or cached.

@module
*/
import type { Bench } from '../measured/bench.js';

type Method = {
  [Name in keyof Bench]: Bench[Name] extends (...args: never[]) => unknown ? Name : never;
}[keyof Bench];

export interface Runtime {
  /** Calls the bench that lives there. */
  call<Name extends Method>(
    name: Name,
    ...args: Parameters<Bench[Name]>
  ): Promise<Awaited<ReturnType<Bench[Name]>>>;
  /** Address of a file of the site, as it is reached from there: `data/...`. */
  address(file: string): string;
  /** Address of the kernels of a variant, for `Bench.openKernels`. */
  kernels(variant: string): string;
  close(): Promise<void>;
}

/** A kind of runtime: what is opened, as often as wanted. */
export interface RuntimeKind {
  /** `Chromium 156, relaxed`. */
  readonly title: string;
  /** For the JSON file. */
  readonly facts: { readonly name: string; readonly version: string; readonly variant: string };
  /** Packages that are measured there beside this one. */
  readonly peers: boolean;
  open(): Promise<Runtime>;
  /** The same, where what is kept is kept on disk: Chromium's usual pages here are private, and keep it in memory. */
  openOnDisk(): Promise<Runtime>;
}
