/** A server that has sent nothing for so long sends nothing any more. */
const STALL_MS = 30_000;

/**
A file with news of how much of it has come.

@param onBytes - Called with the bytes that came since the last call.
@throws {Error} that names the file, where the server does not give it, or not all of it, or stalls.
*/
export async function download(
  url: URL,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  const name = url.pathname.split('/').at(-1);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const running = new AbortController();
  const stop = (): void => running.abort(signal?.reason);
  let stall: ReturnType<typeof setTimeout> | undefined;
  let isStalled = false;
  const awaitMore = (): void => {
    clearTimeout(stall);
    stall = setTimeout(() => {
      isStalled = true;
      running.abort();
    }, STALL_MS);
  };
  try {
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop);
    awaitMore();
    const response = await fetch(url, { signal: running.signal });
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    const reader = response.body.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      awaitMore();
      parts.push(read.value);
      onBytes(read.value.byteLength);
    }
  } catch (cause) {
    const thrown = cause instanceof Error ? cause.message : String(cause);
    const reason = isStalled ? `nothing came for ${STALL_MS / 1000} seconds` : thrown;
    throw new Error(`${name} could not be loaded: ${reason}`, { cause });
  } finally {
    clearTimeout(stall);
    signal?.removeEventListener('abort', stop);
  }
  return new Blob(parts).arrayBuffer();
}
