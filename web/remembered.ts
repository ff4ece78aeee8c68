/**
Values that outlast the visit, where the browser lets them: with storage denied or full they last as long as the page.

@module
*/
import { effect, type Signal, signal } from '@preact/signals';

/**
@param key - Its name in the storage.
@param read - Makes the value of what was stored, which may be anything; `undefined` where it is of no use.
*/
export function remembered<Value>(
  key: string,
  initial: Value,
  read: (stored: unknown) => Value | undefined,
): Signal<Value> {
  const value = signal(restore(key, read) ?? initial);
  let first = true;
  effect(() => {
    const text = JSON.stringify(value.value);
    if (!first) store(key, text);
    first = false;
  });
  return value;
}

function restore<Value>(key: string, read: (stored: unknown) => Value | undefined): Value | undefined {
  try {
    const text = localStorage.getItem(key);
    return text === null ? undefined : read(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function store(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    // Denied or full: the value stays in the page.
  }
}
