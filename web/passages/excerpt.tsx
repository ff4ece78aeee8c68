/** The part of a text in which words were found, with the words marked. */
import { type ComponentChildren, Fragment } from 'preact';

const EXCERPT_LENGTH = 110;

/** The part of a text around position `at`, or its beginning. */
export function excerpt(text: string, at: number, length = EXCERPT_LENGTH): string {
  const line = text.replaceAll('\n', ' ');
  const start = at < length / 2 ? 0 : line.lastIndexOf(' ', at - length / 4) + 1;
  const end = start + length;
  return `${start > 0 ? '…' : ''}${line.slice(start, end)}${end < line.length ? '…' : ''}`;
}

/** A text with what matches inside `<mark>`. */
export function marked(text: string, pattern: RegExp | undefined): ComponentChildren {
  if (!pattern) return text;
  // A split by a pattern with one group gives what lies between, then the match, in turns.
  return text.split(pattern).map((part, i) => {
    const key = `${i}`;
    return i % 2 === 1 ? <mark key={key}>{part}</mark> : <Fragment key={key}>{part}</Fragment>;
  });
}
