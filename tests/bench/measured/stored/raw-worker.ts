/**
A worker of the page that writes and reads files of the private file system by access handles, and tells how long it took.

@module
*/
export type RawRequest =
  | { readonly kind: 'open'; readonly name: string }
  /** Each is written at the end of the file and flushed. */
  | { readonly kind: 'write'; readonly pieces: readonly Uint8Array<ArrayBuffer>[] }
  | { readonly kind: 'close' }
  /** All files of a folder, each whole. */
  | { readonly kind: 'read'; readonly folder: readonly string[] };

export interface ReadTime {
  readonly ms: number;
  readonly bytes: number;
}
export type RawReply = ReadTime | { readonly error: string };

/** The DOM library's own types leave out what only workers have. */
interface AccessHandle {
  read(into: Uint8Array, options: { readonly at: number }): number;
  write(from: Uint8Array, options: { readonly at: number }): number;
  flush(): void;
  getSize(): number;
  close(): void;
}

type Folder = FileSystemDirectoryHandle & { values(): AsyncIterable<FileSystemHandle> };

let file: AccessHandle;

self.onmessage = async ({ data }: MessageEvent<RawRequest>) => {
  let reply: RawReply;
  try {
    reply = await answer(data);
  } catch (error) {
    reply = { error: String(error) };
  }
  self.postMessage(reply);
};

async function answer(request: RawRequest): Promise<ReadTime> {
  const root = await navigator.storage.getDirectory();
  switch (request.kind) {
    case 'open':
      file = await accessTo(await root.getFileHandle(request.name, { create: true }));
      return { ms: 0, bytes: 0 };
    case 'write': {
      let at = file.getSize();
      const [start, started] = [at, performance.now()];
      for (const piece of request.pieces) {
        at += file.write(piece, { at });
        file.flush();
      }
      return { ms: performance.now() - started, bytes: at - start };
    }
    case 'close':
      file.close();
      return { ms: 0, bytes: 0 };
    case 'read': {
      let folder = root;
      for (const name of request.folder) folder = await folder.getDirectoryHandle(name);
      const handles: AccessHandle[] = [];
      for await (const handle of (folder as Folder).values()) {
        handles.push(await accessTo(handle as FileSystemFileHandle));
      }
      let bytes = 0;
      const started = performance.now();
      for (const handle of handles) bytes += handle.read(new Uint8Array(handle.getSize()), { at: 0 });
      const ms = performance.now() - started;
      for (const handle of handles) handle.close();
      return { ms, bytes };
    }
  }
}

function accessTo(handle: FileSystemFileHandle): Promise<AccessHandle> {
  return (
    handle as FileSystemFileHandle & { createSyncAccessHandle(): Promise<AccessHandle> }
  ).createSyncAccessHandle();
}
