/** As `useState`, but what was set outlasts the view: it is there again when the reader comes back. */
import { useState } from 'preact/hooks';

const kept = new Map<string, unknown>();

/** @param name - Tells it from all others of the page. */
export function useKept<Value>(name: string, initial: Value): readonly [Value, (value: Value) => void] {
  const [value, set] = useState((kept.get(name) ?? initial) as Value);
  const keep = (next: Value): void => {
    kept.set(name, next);
    set(next);
  };
  return [value, keep];
}
