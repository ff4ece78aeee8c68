/**
Whether what several tabs saw of one point could have been: one order of all that was done, each within the time between
its call and its answer, in which every read sees the last write.

By search over all such orders, as in Wing, Gong. Testing and Verifying Concurrent Objects. JPDC 1993; what was searched
before is remembered (Lowe. Testing for Linearizability. 2017).

@module
*/

/** A write or read of one point's value; `null`: no such point. */
export interface Operation {
  readonly kind: 'write' | 'read';
  readonly value: number | null;
  /** Milliseconds, on one clock of all tabs. */
  readonly start: number;
  readonly end: number;
  /** A write that was not acknowledged: it was made at any time after its start, or never. */
  readonly isOpen?: boolean;
}

export function isLinearizable(operations: readonly Operation[], initial: number | null = null): boolean {
  const ends = operations.map(({ end, isOpen }) => (isOpen ? Number.POSITIVE_INFINITY : end));
  const seen = new Set<string>();
  const search = (done: bigint, value: number | null): boolean => {
    const key = `${done} ${value}`;
    if (seen.has(key)) return false;
    seen.add(key);
    let earliestEnd = Number.POSITIVE_INFINITY;
    let isComplete = true;
    operations.forEach(({ isOpen }, i) => {
      if ((done >> BigInt(i)) & 1n) return;
      if (!isOpen) isComplete = false;
      earliestEnd = Math.min(earliestEnd, ends[i] as number);
    });
    if (isComplete) return true;
    return operations.some((operation, i) => {
      if ((done >> BigInt(i)) & 1n || operation.start > earliestEnd) return false;
      if (operation.kind === 'read' && operation.value !== value) return false;
      return search(done | (1n << BigInt(i)), operation.kind === 'read' ? value : operation.value);
    });
  };
  return search(0n, initial);
}
