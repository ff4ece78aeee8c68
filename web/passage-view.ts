/** Shows the chosen passage, verse by verse. */
import { byId, create } from './element.js';
import { type Passage, reference } from './passages.js';

export function showPassage(passage: Passage): void {
  byId('passage-title', HTMLElement).textContent = reference(passage);
  byId('passage-text', HTMLElement).replaceChildren(
    ...passage.text.split('\n').map((verse) => create('p', {}, verse)),
  );
}
