/** The passages as points: their books, chapters and words are what filters go by. */
import type { ComponentChildren } from 'preact';
import type { Payload } from 'vicinal/worker';
import { excerpt, marked } from '../passages/excerpt.js';
import { type PassageItems, passages } from '../passages/passage-collection.js';
import { markPattern } from '../passages/passage-filter.js';
import type { Passage } from '../passages.js';
import type { Field, PointSet, PointsProps } from './point-set.js';

/** Characters of a text that fill the lines it has. */
const SHOWN_LENGTH = 220;

const book: Field = { key: 'book', title: 'Book', index: 'keyword' };

export const passagePoints: PointSet<PassageItems> = {
  data: passages,
  dim: 1024,
  metric: 'cosine',
  drawn: false,
  fields: [
    { key: 'testament', title: 'Testament', index: 'keyword' },
    book,
    { key: 'chapter', title: 'Chapter', index: 'integer' },
    { key: 'text', title: 'Text', index: 'text' },
  ],
  ranked: ['text'],
  pageSize: 10,
  groupBy: book,
  payloadOf({ passages }, row) {
    const { book, testament, chapter, part, parts, text } = passages[row] as Passage;
    return { book, testament, chapter, ...(parts > 1 && { part }), text };
  },
  titleOf: ({ book, chapter, part }) => `${book} ${chapter}${part === undefined ? '' : `, part ${part}`}`,
  Points: PassageList,
};

function PassageList({ id, label, points, words, href }: PointsProps) {
  const pattern = markPattern(words);
  return (
    <ol id={id} aria-label={label} class="points">
      {points.map(({ id, payload, score }) => (
        <li key={id} class="hit">
          <span class="rank">
            <span class="hidden">Point </span>
            {id}
          </span>
          <a class="reference" href={href(id)}>
            {passagePoints.titleOf(payload)}
          </a>
          {score && (
            <>
              <span class="score" title={score.name}>
                <span class="hidden">{score.name} </span>
                {score.text}
              </span>
              <span class="bar" aria-hidden="true">
                <span style={{ width: `${score.part * 100}%` }} />
              </span>
            </>
          )}
          <p class="excerpt">{excerptOf(payload, pattern)}</p>
        </li>
      ))}
    </ol>
  );
}

/** The beginning of a text, or what is around the first of the words in it. */
function excerptOf({ text }: Payload, pattern: RegExp | undefined): ComponentChildren {
  const line = String(text ?? '').replaceAll('\n', ' ');
  return pattern ? marked(excerpt(line, line.search(pattern), SHOWN_LENGTH), pattern) : line;
}
