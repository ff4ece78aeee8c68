/**
Tables for a terminal.

@module
*/

/** A cell: a text stands left, a number right. */
export type Cell = string | number | undefined;

/**
@param digits - Of each column, after the point.
*/
export function printTable(
  columns: readonly string[],
  digits: readonly number[],
  rows: readonly Cell[][],
): void {
  const texts = rows.map((row) =>
    columns.map((_, at) => {
      const cell = row[at] ?? '';
      return typeof cell === 'number' ? cell.toFixed(digits[at]) : cell;
    }),
  );
  const isNumeric = columns.map((_, at) => rows.some((row) => typeof row[at] === 'number'));
  const widths = columns.map((title, at) => Math.max(title.length, ...texts.map((row) => row[at]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, at) => (isNumeric[at] ? cell.padStart(widths[at]!) : cell.padEnd(widths[at]!)))
      .join('  ')
      .trimEnd();
  console.log(line(columns));
  console.log(widths.map((width) => '-'.repeat(width)).join('  '));
  for (const row of texts) console.log(line(row));
}
