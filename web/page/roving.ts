/**
Where an arrow key, Home or End leads in a group that is one stop of the Tab key.

@param at - The item that has the focus.
@param columns - Items of a row: Up and Down go by rows. Default: one row, where they do nothing.
@returns The item to go to, or `undefined` where the key leads nowhere.
*/
export function neighborKey(key: string, at: number, count: number, columns = 0): number | undefined {
  const targets: Record<string, number> = {
    ArrowRight: at + 1,
    ArrowLeft: at - 1,
    Home: 0,
    End: count - 1,
    ...(columns > 0 && { ArrowDown: at + columns, ArrowUp: at - columns }),
  };
  const target = targets[key];
  return target !== undefined && target >= 0 && target < count ? target : undefined;
}
