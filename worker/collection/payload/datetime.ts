/**
Datetimes in the forms that Qdrant takes: RFC 3339, and looser ones.

A space in place of the T; no zone (then UTC); no seconds; no time at all; months, days and hours of one digit; `UTC` for
the zone; blanks before it; zones of hours alone; years of more than four digits with a sign.

@module
*/

const pattern =
  /^\s*([+-]\d+|\d{1,4})-(\d\d?)-(\d\d?)(?:(?:T|\s+)(\d\d?):(\d\d?)(?::(\d\d?)(?:\.(\d+))?\s*(?:(?:Z|UTC)|([+\u2212-])(\d\d):?(\d\d)?)?\s*)?)?$/i;

/** Largest distance from 1970 that `Date` knows, in milliseconds. */
const maxMs = 8.64e15;

/** Microseconds since 1970 (past the year 2255 rounded to what doubles tell), or nothing where it is no datetime. */
export function parseDatetime(text: string): number | undefined {
  const parts = pattern.exec(text);
  if (parts === null) return undefined;
  const number = (group: number): number => Number(parts[group] ?? 0);
  const year = number(1);
  const month = number(2);
  const day = number(3);
  // Seconds may be 60: a leap second, which counts into the next minute.
  if (number(4) > 23 || number(5) > 59 || number(6) > 60 || number(9) > 23 || number(10) > 59)
    return undefined;
  // Not `Date.UTC`, which takes years from 0 to 99 for others.
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  const offset = (number(9) * 60 + number(10)) * (parts[8] === '+' ? 1 : -1);
  const ms = date.getTime() + ((number(4) * 60 + number(5) - offset) * 60 + number(6)) * 1000;
  return Math.abs(ms) <= maxMs ? ms * 1000 + Number((parts[7] ?? '').slice(0, 6).padEnd(6, '0')) : undefined;
}
