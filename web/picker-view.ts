/**
The list from which a passage is chosen, with the box that narrows it.

@module
*/
import { byId, create } from './element.js';
import { number } from './format.js';
import { findAddress, markPattern, PassageFilter } from './passage-filter.js';
import { type Passage, reference } from './passages.js';
import { wellKnown } from './well-known.js';

/** More would only be scrolled past: a further word narrows the list. */
const SHOWN = 100;
const EXCERPT_LENGTH = 110;

export class PickerView {
  readonly #box = byId('words', HTMLInputElement);
  readonly #list = byId('matches', HTMLUListElement);
  readonly #count = byId('match-count', HTMLElement);
  readonly #passages: readonly Passage[];
  readonly #filter: PassageFilter;
  readonly #onChoose: (id: number) => void;
  #chosen = -1;

  constructor(passages: readonly Passage[], onChoose: (id: number) => void) {
    this.#passages = passages;
    this.#filter = new PassageFilter(passages);
    this.#onChoose = onChoose;
    this.#box.addEventListener('input', () => this.#show());
    this.#box.addEventListener('keydown', (event) => this.#onBoxKey(event));
    this.#list.addEventListener('keydown', (event) => this.#onListKey(event));
    this.#show();
  }

  /** Marks a passage as the chosen one, where it is in the list. */
  mark(id: number): void {
    this.#chosen = id;
    for (const button of this.#buttons()) this.#markButton(button);
  }

  #show(): void {
    const query = this.#box.value.trim();
    this.#list.replaceChildren(...(query === '' ? this.#wellKnownItems() : this.#foundItems(query)));
    this.#list.scrollTop = 0;
  }

  #wellKnownItems(): HTMLLIElement[] {
    this.#count.textContent = `Well-known ones; type to find any of ${number(this.#passages.length)}`;
    return wellKnown.map(({ address, title }) => this.#item(findAddress(this.#passages, address), title));
  }

  #foundItems(query: string): HTMLLIElement[] {
    const matches = this.#filter.find(query);
    const pattern = markPattern(query);
    const found = matches.length === 1 ? '1 passage' : `${number(matches.length)} passages`;
    const cut = matches.length > SHOWN ? `, the first ${SHOWN} shown` : '';
    this.#count.textContent = matches.length === 0 ? 'No passage has these words' : found + cut;
    return matches.slice(0, SHOWN).map(({ id, at }) => {
      const { text } = this.#passages[id] as Passage;
      return this.#item(id, ...marked(excerpt(text, at), pattern));
    });
  }

  #item(id: number, ...description: (Node | string)[]): HTMLLIElement {
    const button = create(
      'button',
      { type: 'button', onclick: () => this.#onChoose(id) },
      create('span', { className: 'reference' }, reference(this.#passages[id] as Passage)),
      create('span', { className: 'excerpt' }, ...description),
    );
    button.dataset.id = String(id);
    this.#markButton(button);
    return create('li', {}, button);
  }

  #markButton(button: HTMLButtonElement): void {
    if (Number(button.dataset.id) === this.#chosen) button.setAttribute('aria-current', 'true');
    else button.removeAttribute('aria-current');
  }

  #buttons(): HTMLButtonElement[] {
    return [...this.#list.querySelectorAll('button')];
  }

  #onBoxKey(event: KeyboardEvent): void {
    const [first] = this.#buttons();
    if (!first) return;
    if (event.key === 'ArrowDown') first.focus();
    else if (event.key === 'Enter') first.click();
    else return;
    event.preventDefault();
  }

  /** Arrow keys go through the list, and from its top back into the box. */
  #onListKey(event: KeyboardEvent): void {
    const buttons = this.#buttons();
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const targets: Record<string, HTMLElement | undefined> = {
      ArrowDown: buttons[at + 1],
      ArrowUp: at <= 0 ? this.#box : buttons[at - 1],
      Home: buttons[0],
      End: buttons.at(-1),
    };
    const target = targets[event.key];
    if (!target) return;
    target.focus();
    event.preventDefault();
  }
}

/** The part of a text around position `at`, or its beginning. */
function excerpt(text: string, at: number): string {
  const line = text.replaceAll('\n', ' ');
  const start = at < EXCERPT_LENGTH / 2 ? 0 : line.lastIndexOf(' ', at - EXCERPT_LENGTH / 4) + 1;
  const end = start + EXCERPT_LENGTH;
  return `${start > 0 ? '…' : ''}${line.slice(start, end)}${end < line.length ? '…' : ''}`;
}

/** A text with what matches inside `<mark>`. */
function marked(text: string, pattern: RegExp | undefined): (Node | string)[] {
  if (!pattern) return [text];
  // A split by a pattern with one group gives what lies between, then the match, in turns.
  return text.split(pattern).map((part, i) => (i % 2 === 1 ? create('mark', {}, part) : part));
}
