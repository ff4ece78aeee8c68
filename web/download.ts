/**
A file with news of how much of it has come.

@param onBytes - Called with the bytes that came since the last call.
@throws {Error} that names the file, where the server does not give it, or not all of it.
*/
export async function download(
  url: URL,
  onBytes: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  const name = url.pathname.split('/').at(-1);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok || !response.body) throw new Error(`the server answered ${response.status}`);
    const reader = response.body.getReader();
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      parts.push(read.value);
      onBytes(read.value.byteLength);
    }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`${name} could not be loaded: ${reason}`, { cause });
  }
  return new Blob(parts).arrayBuffer();
}
