/**
A channel to the tabs that listen under the same name.

@module
*/

/** What is used of a `BroadcastChannel`. */
export interface ChannelLike {
  postMessage(message: unknown): void;
  close(): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
}

export type OpenChannel = (name: string) => ChannelLike;

/** Nobody waits for its messages alone: it keeps no Node process from ending. */
export function openBroadcastChannel(name: string): ChannelLike {
  const channel = new BroadcastChannel(name);
  (channel as { unref?: () => void }).unref?.();
  return channel as ChannelLike;
}

/** The channel of all tabs of a collection. */
export function publicChannelName(collection: string): string {
  return `vicinal:${collection}`;
}

/** The channel between a follower and the writer. */
export function ownChannelName(collection: string, tab: string): string {
  return `vicinal-tab:${collection}:${tab}`;
}

/** A name that no other tab has. Works where pages have no `crypto.randomUUID`: those that are not secure. */
export function createTabId(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join('-');
}
