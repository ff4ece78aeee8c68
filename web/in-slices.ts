/** Longest time that work goes on before the page gets a turn, in milliseconds: half a frame. */
const SLICE_MS = 8;

/** What `map` makes of each item, in time slices, so that the page draws and hears meanwhile. */
export async function mapInSlices<Item, Result>(
  items: readonly Item[],
  map: (item: Item) => Result,
): Promise<Result[]> {
  const results: Result[] = [];
  let begin = performance.now();
  for (const item of items) {
    results.push(map(item));
    if (performance.now() - begin < SLICE_MS) continue;
    await new Promise((resolve) => setTimeout(resolve));
    begin = performance.now();
  }
  return results;
}
