/**
The package's own log: start-up, and in development builds objects that were never disposed.

@module
*/
import { invalidArgument } from './errors.js';
import type { LogEntry, LogLevel } from './types.js';

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent'];

let threshold = levels.indexOf('warn');
const listeners = new Set<(entry: LogEntry) => void>();

/**
Tell only entries of this level and above. Default: `warn`; `silent` tells nothing.

@throws {VectorSearchError} with code `INVALID_ARGUMENT`.
*/
export function setLogLevel(level: LogLevel): void {
  const index = levels.indexOf(level);
  if (index < 0) throw invalidArgument(`the log level to be one of ${levels.join(', ')}`, level);
  threshold = index;
}

/**
Receive log entries. Without a listener they go to the console.

@returns A function that takes the listener away again.
*/
export function onLog(listener: (entry: LogEntry) => void): () => void {
  if (typeof listener !== 'function') throw invalidArgument('the listener to be a function', listener);
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Tells an entry to the listeners, or to the console. @internal */
export function log(level: LogEntry['level'], message: string): void {
  if (levels.indexOf(level) < threshold) return;
  if (listeners.size === 0) {
    console[level](`vicinal: ${message}`);
    return;
  }
  for (const listener of listeners) listener({ level, message });
}
