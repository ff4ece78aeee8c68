/**
Starts a worker: within a time limit, and with an error that says what to look at where it fails.

@module
*/
import { absoluteUrl } from '../bindings/api/address-web.js';
import { checkCallOptions, checkTimeout } from '../bindings/api/arguments.js';
import { invalidArgument, VectorSearchError } from '../bindings/api/errors.js';
import { WorkerClient, type WorkerHandle } from './client.js';
import { errorFromFields } from './error-fields.js';
import type { WorkerStartOptions } from './options.js';
import { postOrThrow } from './post.js';
import type { HostRequest } from './protocol.js';
import { defaultWorkerUrl, explainLoadFailure, spawnWorker } from './spawn-web.js';
import { asThread, type WorkerThread } from './worker-like.js';

/** Longest wait for the reason of a failed start, once it has failed. */
const explanationTimeoutMs = 2000;

/**
Start a worker, to be shared by several objects.

@throws {VectorSearchError} with code
- `LOAD_FAILED` when its script is missing, is no script, or fails, or when the `.wasm` file cannot be loaded;
- `TIMEOUT` when it is not ready after `timeoutMs`;
- `UNSUPPORTED_ENVIRONMENT` where there is no WebAssembly SIMD;
- `INVALID_ARGUMENT`. Also throws the signal's reason.
*/
export async function startWorker(options: WorkerStartOptions = {}): Promise<WorkerHandle> {
  return startClient(options);
}

/** As {@link startWorker}, for use inside the package. */
export async function startClient(options: WorkerStartOptions): Promise<WorkerClient> {
  checkStartOptions(options);
  const { signal } = options;
  const timeoutMs = checkTimeout(options.timeoutMs);
  signal?.throwIfAborted();

  const { thread, name } = makeThread(options);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let onAbort: (() => void) | undefined;
  try {
    return await new Promise<WorkerClient>((resolve, reject) => {
      let client: WorkerClient | undefined;
      let scriptRuns = false;
      thread.listen(
        (reply) => {
          if (client !== undefined) client.receive(reply);
          else if (reply.type === 'hello') scriptRuns = true;
          else if (reply.type === 'startFailed') reject(errorFromFields(reply.error));
          else if (reply.type === 'broken') reject(loadFailed(name, reply.reason));
          else if (reply.type === 'ready') {
            client = new WorkerClient(thread, reply.variant);
            resolve(client);
          }
        },
        (reason) => {
          if (client !== undefined) client.crash(reason);
          else if (scriptRuns || options.workerFactory !== undefined) reject(loadFailed(name, reason));
          else if (options.workerUrl === undefined)
            reject(loadFailed(name, `${reason} (pass \`workerUrl\`)`));
          else
            explainLoadFailure(name, explanationTimeoutMs).then((text) =>
              reject(loadFailed(name, text ?? reason)),
            );
        },
      );
      timer = setTimeout(() => {
        const what = scriptRuns ? `the module was not ready in ${name}` : `${name} did not answer`;
        reject(new VectorSearchError('TIMEOUT', timeoutMs, what));
      }, timeoutMs);
      onAbort = () => reject(signal?.reason);
      signal?.addEventListener('abort', onAbort);
      postOrThrow(thread, [], false, () => startRequest(options, timeoutMs));
    });
  } catch (error) {
    void thread.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
  }
}

/** Starts the thread. `name` is what errors call it: its address, where that is known. */
function makeThread({ workerUrl, workerFactory }: WorkerStartOptions): {
  thread: WorkerThread;
  name: string;
} {
  let name =
    workerFactory === undefined ? String(workerUrl ?? defaultWorkerUrl) : 'the worker of workerFactory';
  try {
    if (workerFactory !== undefined) return { thread: asThread(workerFactory()), name };
    if (workerUrl !== undefined) name = absoluteUrl(workerUrl).href;
    return { thread: asThread(spawnWorker(workerUrl)), name };
  } catch (error) {
    throw loadFailed(name, String(error), error);
  }
}

function loadFailed(name: string, found: string, cause?: unknown): VectorSearchError {
  return new VectorSearchError('LOAD_FAILED', `${name} to run as the worker`, found, { cause });
}

function startRequest({ wasmUrl, wasmModule, variant }: WorkerStartOptions, timeoutMs: number): HostRequest {
  return {
    type: 'start',
    timeoutMs,
    // Absolute, since the worker's own base is another.
    ...(wasmUrl !== undefined && { wasmUrl: absoluteUrl(wasmUrl).href }),
    ...(wasmModule !== undefined && { wasmModule }),
    ...(variant !== undefined && { variant }),
  };
}

function checkStartOptions({ workerFactory, signal }: WorkerStartOptions): void {
  checkCallOptions({ signal });
  if (workerFactory !== undefined && typeof workerFactory !== 'function') {
    throw invalidArgument('workerFactory to be a function', workerFactory);
  }
}
