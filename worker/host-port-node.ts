/**
The host's side of the message channel in Node. Takes the place of host-port-web.ts in the worker file for Node.

@module
*/
import { parentPort } from 'node:worker_threads';
import type { HostPort } from './host.js';

export const hostPort: HostPort = {
  post: (message, transfer) => parentPort?.postMessage(message, transfer),
  listen(onMessage, onUnreadable) {
    parentPort?.on('message', onMessage);
    parentPort?.on('messageerror', onUnreadable);
  },
};
