/**
Starts a worker: within a time limit, and with an error that says what to look at where it fails.

@module
*/
import { absoluteUrl } from '../bindings/api/address-web.js';
import { checkCallOptions, checkOptions, checkTimeout } from '../bindings/api/arguments.js';
import { describe, invalidArgument, VectorSearchError } from '../bindings/api/errors.js';
import { WorkerClient, type WorkerHandle } from './client.js';
import { errorFromFields } from './error-fields.js';
import { startNames } from './option-names.js';
import type { WorkerStartOptions } from './options.js';
import { moduleForWorker, ownWorkerName, remedy, spawnOwnWorker } from './own-worker-files.js';
import { postOrThrow } from './post.js';
import type { HostRequest } from './protocol.js';
import { explainLoadFailure, spawnFile } from './spawn-web.js';
import { asThread, type WorkerLike, type WorkerThread } from './worker-like.js';

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
  checkOptions(options, startNames);
  return startClient(options);
}

/** As {@link startWorker}, for use inside the package. @internal */
export async function startClient(options: WorkerStartOptions): Promise<WorkerClient> {
  checkStartOptions(options);
  const { signal } = options;
  const timeoutMs = checkTimeout(options.timeoutMs);
  signal?.throwIfAborted();

  const { thread, name, hint } = makeThread(options);
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
          else if (scriptRuns) reject(loadFailed(name, reason));
          else if (options.workerUrl === undefined || options.workerFactory !== undefined)
            reject(loadFailed(name, reason + hint));
          else
            explainLoadFailure(name, explanationTimeoutMs).then((text) =>
              reject(loadFailed(name, text ?? reason)),
            );
        },
      );
      timer = setTimeout(() => {
        const what = scriptRuns ? `the module was not ready in ${name}` : `${name} did not answer${hint}`;
        reject(new VectorSearchError('TIMEOUT', timeoutMs, what));
      }, timeoutMs);
      onAbort = () => reject(signal?.reason);
      signal?.addEventListener('abort', onAbort);
      startRequest(options, timeoutMs)
        .then((request) => postOrThrow(thread, [], false, () => request))
        .catch(reject);
    });
  } catch (error) {
    void thread.terminate();
    throw error;
  } finally {
    clearTimeout(timer);
    if (onAbort !== undefined) signal?.removeEventListener('abort', onAbort);
  }
}

interface StartedThread {
  readonly thread: WorkerThread;
  /** What errors call it: its address, where that is known. */
  readonly name: string;
  /** What errors add where its script cannot be had. */
  readonly hint: string;
}

function makeThread({ workerUrl, workerFactory }: WorkerStartOptions): StartedThread {
  if (workerFactory !== undefined) return spawn('the worker of workerFactory', '', workerFactory);
  if (workerUrl === undefined) return spawn(ownWorkerName(), ` (${remedy})`, spawnOwnWorker);
  return spawn(nameOf(workerUrl), '', () => spawnFile(workerUrl));
}

function nameOf(workerUrl: string | URL): string {
  try {
    return absoluteUrl(workerUrl).href;
  } catch (error) {
    throw loadFailed(`${describe(workerUrl)}`, String(error), error);
  }
}

function spawn(name: string, hint: string, make: () => WorkerLike): StartedThread {
  try {
    return { thread: asThread(make()), name, hint };
  } catch (error) {
    throw loadFailed(name, `${error}${hint}`, error);
  }
}

function loadFailed(name: string, found: string, cause?: unknown): VectorSearchError {
  return new VectorSearchError('LOAD_FAILED', `${name} to run as the worker`, found, { cause });
}

async function startRequest(
  { wasmUrl, wasmModule, variant }: WorkerStartOptions,
  timeoutMs: number,
): Promise<HostRequest> {
  // Absolute, since the worker's own base is another.
  const url = wasmUrl === undefined ? undefined : absoluteUrl(wasmUrl).href;
  const module = wasmModule ?? (url === undefined ? await moduleForWorker(variant) : undefined);
  return {
    type: 'start',
    timeoutMs,
    ...(url !== undefined && { wasmUrl: url }),
    ...(module !== undefined && { wasmModule: module }),
    ...(variant !== undefined && { variant }),
  };
}

function checkStartOptions({ workerFactory, signal }: WorkerStartOptions): void {
  checkCallOptions({ signal });
  if (workerFactory !== undefined && typeof workerFactory !== 'function') {
    throw invalidArgument('workerFactory to be a function', workerFactory);
  }
}
