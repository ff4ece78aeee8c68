/**
The nearest passages, best first, and what it took to find them.

@module
*/
import { byId, create } from './element.js';
import { milliseconds, number } from './format.js';
import type { Neighbors } from './neighbor-search.js';
import { type Passage, reference } from './passages.js';
import { type ScopeName, scopes } from './scopes.js';

export class NeighborsView {
  readonly #scope = byId('scope', HTMLSelectElement);
  readonly #outcome = byId('outcome', HTMLElement);
  readonly #hits = byId('hits', HTMLOListElement);
  readonly #passages: readonly Passage[];
  readonly #onChoose: (id: number) => void;

  constructor(passages: readonly Passage[], onChoose: (id: number) => void, onScope: () => void) {
    this.#passages = passages;
    this.#onChoose = onChoose;
    this.#scope.replaceChildren(
      ...Object.entries(scopes).map(([value, { label }]) => create('option', { value }, label)),
    );
    this.#scope.addEventListener('change', onScope);
  }

  get scope(): ScopeName {
    return this.#scope.value as ScopeName;
  }

  show({ hits, compared, searchMs, roundTripMs }: Neighbors): void {
    this.#outcome.replaceChildren(
      create('strong', {}, milliseconds(searchMs)),
      ` to compare all ${number(compared)}; answer here after ${milliseconds(roundTripMs)}`,
    );
    this.#hits.replaceChildren(...hits.map(({ id, score }) => this.#item(id, score)));
  }

  #item(id: number, score: number): HTMLLIElement {
    const passage = this.#passages[id] as Passage;
    const bar = create('span', { className: 'bar', ariaHidden: 'true' }, create('span'));
    (bar.firstElementChild as HTMLElement).style.width = `${Math.max(0, score) * 100}%`;
    const name = create('span', { className: 'reference' }, reference(passage));
    const value = create('span', { className: 'score', title: 'cosine similarity' }, score.toFixed(3));
    const text = create('span', { className: 'excerpt' }, passage.text.replaceAll('\n', ' '));
    const button = create(
      'button',
      { type: 'button', onclick: () => this.#onChoose(id) },
      name,
      value,
      bar,
      text,
    );
    button.setAttribute('aria-label', `${reference(passage)}, similarity ${score.toFixed(3)}`);
    return create('li', {}, button);
  }
}
