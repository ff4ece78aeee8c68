/**
A file with news of how much of it has come.

@param onBytes - Called with the bytes that came since the last call.
@throws {Error} that names the file, where the server does not give it.
*/
export async function download(url: URL, onBytes: (bytes: number) => void): Promise<ArrayBuffer> {
  const name = url.pathname.split('/').at(-1);
  const response = await fetch(url);
  if (!response.ok || !response.body)
    throw new Error(`${name} could not be loaded: the server answered ${response.status}`);

  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    parts.push(read.value);
    onBytes(read.value.byteLength);
  }
  return new Blob(parts).arrayBuffer();
}
