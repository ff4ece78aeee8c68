/**
Sends a message to a worker, or says why it cannot be sent.

@module
*/
import { VectorSearchError } from '../bindings/api/errors.js';
import type { HostRequest } from './protocol.js';
import { sendable } from './transfer.js';
import type { WorkerThread } from './worker-like.js';

/**
Sends `request(args)`.

@param give - Give the buffers of typed arrays among `args` away instead of copying them.
@throws {VectorSearchError} with code `INVALID_ARGUMENT` where something cannot be sent, or `OUT_OF_MEMORY`. Nothing
was sent then.
*/
export function postOrThrow(
  thread: WorkerThread,
  args: readonly unknown[],
  give: boolean,
  request: (sent: readonly unknown[]) => HostRequest,
): void {
  try {
    const { args: sent, transfer } = sendable(args, give);
    thread.post(request(sent), transfer);
  } catch (error) {
    if (error instanceof VectorSearchError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    if (error instanceof RangeError)
      throw new VectorSearchError('OUT_OF_MEMORY', undefined, undefined, { cause: error });
    throw new VectorSearchError('INVALID_ARGUMENT', 'arguments that can be sent to a worker', text, {
      cause: error,
    });
  }
}
