/** Brings an element into sight when another choice fills it, where it is not; returns where to hang it. */
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** @param leads - Whether this choice leads the reader there: what is chosen in passing does not. */
export function useShownOnChange(choice: string, leads = true): RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null);
  const before = useRef(choice);
  useEffect(() => {
    const changed = before.current !== choice;
    before.current = choice;
    const heading = element.current?.querySelector('h2');
    if (!changed || !leads || !heading) return;
    heading.scrollIntoView({ block: 'nearest' });
    // A neighbor that was followed is about to leave the list, and would take the focus with it.
    if (document.activeElement?.closest('#hits')) heading.focus({ preventScroll: true });
  }, [choice, leads]);
  return element;
}
