/**
What the worker shares with the engine beyond the public entry. No entry of the package exports it.

- The classes' `addBatchSteps`, `searchBatchSteps`, `processSteps` and `projectSteps` are public in TypeScript sources
  and stripped from the published declarations; {@link Steps} is what they return.
- The worker host drains these generators itself, so that messages arrive between two steps; ending one early
  (`steps.return()`) undoes it. Until a generator is ended, other calls on the same object throw.

@module
*/

export { checkInteger, checkRows, checkVector } from './arguments.js';
export { disposeBySymbol } from './dispose-symbol.js';
export {
  type ErrorCode,
  type ErrorDetail,
  hostErrorCodes,
  invalidArgument,
  moduleErrorCodes,
  VectorSearchError,
} from './errors.js';
export { log } from './log.js';
export { moduleUrl } from './platform-web.js';
export { SearchResults } from './search-results.js';
export { pickVariant } from './simd-probe.js';
export { runSteps, type Steps } from './steps.js';
