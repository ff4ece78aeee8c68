/**
What is shown until the page can answer, and when it cannot.

@module
*/
import { byId } from './element.js';

const start = byId('start', HTMLElement);
const step = byId('start-step', HTMLElement);
const progress = byId('start-progress', HTMLProgressElement);
const failure = byId('failure', HTMLElement);
const app = byId('app', HTMLElement);

/** @param part - How much of it is done, 0 to 1; left out where that is not known. */
export function showStep(text: string, part?: number): void {
  failure.hidden = true;
  start.hidden = false;
  if (step.textContent !== text) step.textContent = text;
  if (part === undefined) progress.removeAttribute('value');
  else progress.value = part;
}

export function showApp(): void {
  start.hidden = true;
  failure.hidden = true;
  app.hidden = false;
}

/** Tells what failed; errors of Vicinal carry a code that can be looked up. */
export function showFailure(error: unknown, retry: () => void): void {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  byId('failure-message', HTMLElement).textContent = `${message}${code}`;
  byId('failure-retry', HTMLButtonElement).onclick = retry;
  start.hidden = true;
  app.hidden = true;
  failure.hidden = false;
}
