/**
The host's side of the message channel in a browser. The worker file for Node has host-port-node.ts in its place.

@module
*/
import type { HostPort } from './host.js';
import type { HostReply } from './protocol.js';

/** The part of `DedicatedWorkerGlobalScope` used here; the DOM library types `self` as a window. */
interface WorkerScope {
  postMessage(message: HostReply, transfer: readonly ArrayBuffer[]): void;
  addEventListener(type: 'message' | 'messageerror', listener: (event: { data: unknown }) => void): void;
}

const scope = globalThis as unknown as WorkerScope;

export const hostPort: HostPort = {
  post: (message, transfer) => scope.postMessage(message, transfer),
  listen(onMessage, onUnreadable) {
    scope.addEventListener('message', (event) => onMessage(event.data));
    scope.addEventListener('messageerror', onUnreadable);
  },
};
