/**
Where the reader is: the address as a signal, and the ways to change it.

@module
*/
import { signal } from '@preact/signals';
import { formatAddress, type Place, parseAddress, type Settings, type ViewName } from './address.js';

export const place = signal<Place>(parseAddress(location.hash));

/** Where each view was left, so that coming back finds it so. */
const lastPlaces = new Map<ViewName, Place>([[place.value.view, place.value]]);

addEventListener('hashchange', () => arrive(parseAddress(location.hash)));

function arrive(next: Place): void {
  lastPlaces.set(next.view, next);
  place.value = next;
}

/** The address that leads to a choice of a view, searched as before. */
export function addressOf(view: ViewName, choice: string): string {
  return formatAddress({ ...lastPlace(view), choice });
}

/** The address under which a view was left. */
export function addressOfView(view: ViewName): string {
  return formatAddress(lastPlace(view));
}

/** The module is the same in every view. */
function lastPlace(view: ViewName): Place {
  const { choice, settings } = lastPlaces.get(view) ?? { choice: '', settings: {} };
  const { variant: _, ...others } = settings;
  const { variant } = place.value.settings;
  return { view, choice, settings: { ...others, ...(variant && { variant }) } };
}

/** Goes to a choice of a view; the browser's Back leads here again. */
export function choose(view: ViewName, choice: string): void {
  location.hash = addressOf(view, choice);
}

/** As {@link choose}, for one choice after another of the same kind: Back leads to what was before the first of them. */
export function chooseInPassing(
  view: ViewName,
  choice: string,
  isSameKind: (choice: string) => boolean,
): void {
  const next = { ...lastPlace(view), choice };
  const { choice: before } = place.value;
  if (isSameKind(before)) history.replaceState(history.state, '', formatAddress(next));
  else history.pushState({ before } satisfies Passing, '', formatAddress(next));
  arrive(next);
}

/** Kept with a step of the browser's history that was made in passing. */
interface Passing {
  /** What was chosen before. */
  readonly before: string;
}

/** Ends choices in passing: what was chosen before the first of them is chosen again, and returned. */
export function chooseAsBeforePassing(view: ViewName): string {
  const choice = (history.state as Passing | null)?.before ?? '';
  const next = { ...lastPlace(view), choice };
  history.replaceState(null, '', formatAddress(next));
  arrive(next);
  return choice;
}

/** Settings to change; `undefined`: as the view has it by itself. */
type Changes = { readonly [Name in keyof Settings]: Settings[Name] | undefined };

/** Changes how the view that is shown searches. No step of its own for the browser's Back. */
export function change(settings: Changes): void {
  changeInPassing(settings);
  history.replaceState(history.state, '', formatAddress(place.value));
}

/** As {@link change}, but the address stays: browsers refuse to change it many times a second. */
export function changeInPassing(settings: Changes): void {
  const { view, choice, settings: before } = place.value;
  const all = Object.entries({ ...before, ...settings }).filter(([, value]) => value !== undefined);
  arrive({ view, choice, settings: Object.fromEntries(all) });
}
