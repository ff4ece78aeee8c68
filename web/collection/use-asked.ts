/** Asks a collection whenever what is asked or its points have changed; the newest answer that is here. */
import { useEffect, useState } from 'preact/hooks';
import type { Collection } from 'vicinal/worker';
import type { LiveCollection } from './live-collection.js';

export interface Asked<Answer> {
  /** That of the question before, until there is one to this. */
  readonly answer?: Answer;
  readonly error?: unknown;
  /** Whether it is of this question. */
  readonly isCurrent: boolean;
}

/** A collection that is ready, and what tells of its changes. */
export interface Ready {
  readonly live: LiveCollection<unknown>;
  readonly collection: Collection;
}

/** @param key - Stands for what `ask` reads. */
export function useAsked<Answer>(
  { live, collection }: Ready,
  ask: (collection: Collection, signal: AbortSignal) => Promise<Answer>,
  key: string,
): Asked<Answer> {
  const [asked, setAsked] = useState<{ answer?: Answer; error?: unknown; key?: string }>({});
  const changes = live.changes.value;
  useEffect(() => {
    const running = new AbortController();
    const take = (next: typeof asked): void => {
      if (running.signal.aborted) return;
      setAsked(next);
      live.answers.value++;
    };
    ask(collection, running.signal).then(
      (answer) => take({ answer, key }),
      (error: unknown) => take({ error, key }),
    );
    return () => running.abort();
  }, [live, collection, changes, key]);
  return { ...asked, isCurrent: asked.key === key };
}
