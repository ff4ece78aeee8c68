/** The list from which a passage is chosen, with the box that narrows it. */
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { number } from '../format.js';
import { choose, chooseAsBeforePassing, chooseInPassing, place } from '../navigation.js';
import { Status } from '../page/status.js';
import { type Passage, reference } from '../passages.js';
import { type Choice, isWordsAddress, wordsAddress, wordsOfAddress } from './choice.js';
import { excerpt, marked } from './excerpt.js';
import { address, findAddress, markPattern, type PassageFilter } from './passage-filter.js';
import { wellKnown } from './well-known.js';

/** More would only be scrolled past: a further word narrows the list. */
const SHOWN = 50;

interface FinderProps {
  readonly passages: readonly Passage[];
  readonly filter: PassageFilter;
  readonly choice: Choice;
}

export function Finder({ passages, filter, choice }: FinderProps) {
  const { choice: chosenAddress } = place.value;
  const [words, setWords] = useState(wordsOfAddress(chosenAddress));
  /** What was chosen here, where the words stay as they are typed. */
  const chosenHere = useRef(chosenAddress);
  // At once: a later effect would come after the next key, and take it back.
  useLayoutEffect(() => {
    if (chosenAddress === chosenHere.current) return;
    chosenHere.current = chosenAddress;
    setWords(wordsOfAddress(chosenAddress));
  }, [chosenAddress]);
  const { count, entries } = useMemo(
    () => (words.trim() === '' ? familiar(passages) : found(passages, filter, words)),
    [passages, filter, words],
  );
  const chosen = choice.query || choice.words ? -1 : choice.ids[0];
  const box = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  // Another list begins at its top.
  useEffect(() => list.current?.scrollTo(0, 0), [entries]);

  const type = (typed: string): void => {
    setWords(typed);
    const text = typed.trim();
    if (text !== '' && filter.find(text).length > 0) {
      chosenHere.current = wordsAddress(text);
      chooseInPassing('passages', wordsAddress(text), isWordsAddress);
    } else if (isWordsAddress(chosenAddress)) {
      chosenHere.current = chooseAsBeforePassing('passages');
    }
  };

  const choosePassage = (id: number): void => {
    chosenHere.current = address(passages[id] as Passage);
    choose('passages', chosenHere.current);
  };

  const buttons = (): HTMLButtonElement[] => [...(list.current?.querySelectorAll('button') ?? [])];

  const onBoxKey = (event: KeyboardEvent): void => {
    const [first] = buttons();
    if (!first || (event.key !== 'ArrowDown' && event.key !== 'Enter')) return;
    if (event.key === 'ArrowDown') first.focus();
    else first.click();
    event.preventDefault();
  };

  /** Arrow keys go through the list, and from its top back into the box. */
  const onListKey = (event: KeyboardEvent): void => {
    const all = buttons();
    const at = all.indexOf(document.activeElement as HTMLButtonElement);
    const targets: Record<string, HTMLElement | null | undefined> = {
      ArrowDown: all[at + 1],
      ArrowUp: at <= 0 ? box.current : all[at - 1],
      Home: all[0],
      End: all.at(-1),
    };
    const target = targets[event.key];
    if (!target) return;
    target.focus();
    event.preventDefault();
  };

  return (
    <>
      <label class="above" for="words">
        Words, or a book and chapter
      </label>
      <input
        id="words"
        ref={box}
        type="search"
        autocomplete="off"
        spellcheck={false}
        placeholder="shepherd sheep, John 3, …"
        value={words}
        onInput={({ currentTarget }) => type(currentTarget.value)}
        onKeyDown={onBoxKey}
      />
      <Status id="match-count" text={count} />
      <ul id="matches" class="choices" ref={list} aria-label="Passages to choose from" onKeyDown={onListKey}>
        {entries.map(({ id, description }) => (
          <li key={id}>
            <button
              type="button"
              aria-current={id === chosen ? 'true' : undefined}
              onClick={() => choosePassage(id)}
            >
              <span class="reference">{reference(passages[id] as Passage)}</span>
              <span class="excerpt">{description}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

interface Found {
  readonly count: string;
  readonly entries: readonly { readonly id: number; readonly description: ComponentChildren }[];
}

function familiar(passages: readonly Passage[]): Found {
  return {
    count: `Well-known ones; type to find any of ${number(passages.length)}`,
    entries: wellKnown.map(({ address, title }) => ({
      id: findAddress(passages, address),
      description: title,
    })),
  };
}

function found(passages: readonly Passage[], filter: PassageFilter, words: string): Found {
  const matches = filter.find(words);
  const pattern = markPattern(words);
  const all = matches.length === 1 ? '1 passage' : `${number(matches.length)} passages`;
  const cut = matches.length > SHOWN ? `, the first ${SHOWN} shown` : '';
  return {
    count: matches.length === 0 ? 'No passage has these words' : all + cut,
    entries: matches.slice(0, SHOWN).map(({ id, at }) => {
      const { text } = passages[id] as Passage;
      return { id, description: marked(excerpt(text, at), pattern) };
    }),
  };
}
