/**
Runs `work` once no other tab of the page is at the same. Where a browser has no locks, as for pages that came
unencrypted, at once: nothing is shared by tabs there.

@param onWait - Told where another tab is at it.
*/
export async function inTurn<Result>(
  name: string,
  signal: AbortSignal,
  onWait: () => void,
  work: () => Promise<Result>,
): Promise<Result> {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return work();
  let begun = false;
  const turn = locks.request(name, { signal }, () => {
    begun = true;
    return work();
  });
  void locks.query().then(({ held = [] }) => {
    if (!begun && held.some((lock) => lock.name === name)) onWait();
  });
  return turn;
}
