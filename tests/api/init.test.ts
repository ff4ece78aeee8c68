/** Loading the module: where it comes from, and what is said when it cannot be had. */
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { errorOf } from './support/awaitable.js';
import { freshPackage, packageUrl } from './support/fresh-package.js';

const fileUrl = new URL('web/vicinal_simd128.wasm', packageUrl);
let bytes: Uint8Array<ArrayBuffer>;
let server: Server | undefined;

beforeAll(async () => {
  bytes = new Uint8Array(await readFile(fileUrl));
});

afterEach(() => {
  vi.restoreAllMocks();
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** A server with one answer to everything; its address. */
async function serve(answer: RequestListener): Promise<string> {
  const listening = createServer(answer);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/vicinal.wasm`;
}

/** Starts a new instance; adds two vectors, to see that it works. */
async function start(options: object): Promise<string> {
  const { default: init, VectorSearchEngine, performanceMetrics } = await freshPackage();
  await init(options);
  using engine = new VectorSearchEngine(2, 'dot');
  engine.addBatch(Float32Array.of(1, 0, 0, 1));
  expect([...engine.search([0, 2], 1)]).toEqual([{ id: 1, score: 2, distance: -2 }]);
  return performanceMetrics().variant;
}

describe('init', () => {
  it('needs no options', async () => {
    expect(['simd128', 'relaxed']).toContain(await start({}));
  });

  it('takes the variant it is told', async () => {
    expect(await start({ variant: 'simd128' })).toBe('simd128');
  });

  it('takes the module compiled, as bytes and as a buffer', async () => {
    await start({ wasmModule: await WebAssembly.compile(bytes) });
    await start({ wasmModule: bytes });
    await start({ wasmModule: bytes.slice().buffer });
  });

  it('takes the module from a path and from a file URL', async () => {
    await start({ wasmUrl: fileUrl });
    await start({ wasmUrl: fileUrl.href });
    await start({ wasmUrl: fileURLToPath(fileUrl) });
  });

  it('takes the module from a server, also one that names its type wrong', async () => {
    for (const type of ['application/wasm', 'application/octet-stream', 'text/html']) {
      const url = await serve((_, response) => response.setHeader('content-type', type).end(bytes));
      await start({ wasmUrl: url });
      server?.closeAllConnections();
      server?.close();
    }
  });

  it('does one start for calls at the same time, and nothing when it is done', async () => {
    const { default: init, VectorSearchEngine } = await freshPackage();
    const compile = vi.spyOn(WebAssembly, 'compile');
    await Promise.all([init(), init(), init()]);
    await init({ wasmUrl: 'file:///nowhere' });
    expect(compile).toHaveBeenCalledTimes(1);
    expect(new VectorSearchEngine(1).size).toBe(0);
  });

  it('may be tried again after a failure', async () => {
    const { default: init, VectorSearchEngine } = await freshPackage();
    expect(await errorOf(() => init({ wasmUrl: 'file:///nowhere.wasm' }))).toMatchObject({
      code: 'LOAD_FAILED',
    });
    await init();
    expect(new VectorSearchEngine(1).size).toBe(0);
  });
});

describe('before init', () => {
  it('everything says so', async () => {
    const { VectorSearchEngine, BatchProcessor, CompressedVectorStore, dotProduct, performanceMetrics } =
      await freshPackage();
    const calls = [
      () => new VectorSearchEngine(2),
      () => VectorSearchEngine.load(new Uint8Array(0)),
      () => VectorSearchEngine.bytesNeeded(1, 2),
      () => new CompressedVectorStore(2),
      () => CompressedVectorStore.load(new Uint8Array(0)),
      () => new BatchProcessor(2),
      () => dotProduct([1], [1]),
      () => performanceMetrics(),
    ];
    for (const call of calls)
      expect(await errorOf(call), String(call)).toMatchObject({ code: 'NOT_INITIALIZED' });
  });
});

describe('LOAD_FAILED', () => {
  async function failureOf(options: object): Promise<string> {
    const { default: init } = await freshPackage();
    const error = await errorOf(() => init(options));
    expect(error).toMatchObject({ name: 'VectorSearchError', code: 'LOAD_FAILED' });
    return (error as Error).message;
  }

  it('tells the address, the status and the beginning of an error page', async () => {
    const url = await serve((_, response) => {
      response
        .writeHead(404, { 'content-type': 'text/html' })
        .end('<!DOCTYPE html>\n<title>Not here</title>');
    });
    expect(await failureOf({ wasmUrl: url })).toBe(
      `Expected a WebAssembly module at ${url}, got HTTP 404 (text/html) ` +
        'with 39 bytes that begin with "<!DOCTYPE html> <title>Not here</title>"',
    );
  });

  it('tells a page that a server sends in place of every missing file', async () => {
    const url = await serve((_, response) =>
      response.setHeader('content-type', 'text/html').end('<html></html>'),
    );
    expect(await failureOf({ wasmUrl: url })).toContain(
      'HTTP 200 (text/html) with 13 bytes that begin with "<html></html>"',
    );
  });

  it('tells a server that does not answer', async () => {
    const url = await serve((request) => request.socket.destroy());
    expect(await failureOf({ wasmUrl: url })).toContain(`${url}, got no answer`);
  });

  it('tells a file that is not there', async () => {
    const message = await failureOf({ wasmUrl: 'file:///nowhere/vicinal.wasm' });
    expect(message).toContain('file:///nowhere/vicinal.wasm');
    expect(message).toContain('ENOENT');
  });

  it('tells bytes that are no module, and modules that are cut short', async () => {
    expect(await failureOf({ wasmModule: new Uint8Array(0) })).toContain('got nothing');
    expect(await failureOf({ wasmModule: new TextEncoder().encode('hello') })).toContain(
      'begin with "hello"',
    );
    expect(await failureOf({ wasmModule: bytes.slice(0, 1000) })).toContain('does not compile');
    const url = await serve((_, response) => {
      response.setHeader('content-type', 'application/wasm').end(bytes.subarray(0, 1000));
    });
    expect(await failureOf({ wasmUrl: url })).toContain('does not compile');
  });

  it('tells a module of another kind', async () => {
    const empty = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
    expect(await failureOf({ wasmModule: empty })).toContain('a module of another kind or release');
  });
});

describe('TIMEOUT', () => {
  it('ends a start whose module never arrives', async () => {
    const url = await serve(() => {});
    const { default: init } = await freshPackage();
    const error = await errorOf(() => init({ wasmUrl: url, timeoutMs: 50 }));
    expect(error).toMatchObject({ code: 'TIMEOUT', expected: 50 });
    expect((error as Error).message).toBe(`Gave up after 50 ms: the module at ${url} was not ready by then`);
  });

  it('ends a start whose module stops arriving', async () => {
    const url = await serve((_, response) => response.write(bytes.subarray(0, 100)));
    const { default: init } = await freshPackage();
    expect(await errorOf(() => init({ wasmUrl: url, timeoutMs: 50 }))).toMatchObject({ code: 'TIMEOUT' });
  });
});

describe('UNSUPPORTED_ENVIRONMENT', () => {
  /** The engine takes no module with an instruction of these: they are told apart by their length. */
  function rejectProbes(lengths: readonly number[]): void {
    const validate = WebAssembly.validate;
    vi.spyOn(WebAssembly, 'validate').mockImplementation(
      (probe) => !lengths.includes(probe.byteLength) && validate(probe),
    );
  }
  const simd128Probe = 29;
  const relaxedProbe = 40;

  it('is what an engine without SIMD gives', async () => {
    rejectProbes([simd128Probe]);
    const { default: init } = await freshPackage();
    expect(await errorOf(() => init())).toMatchObject({
      code: 'UNSUPPORTED_ENVIRONMENT',
      expected: 'WebAssembly with SIMD128',
    });
  });

  it('is what an engine without relaxed SIMD gives when that is asked for; else it gets the other variant', async () => {
    rejectProbes([relaxedProbe]);
    const { default: init } = await freshPackage();
    expect(await errorOf(() => init({ variant: 'relaxed' }))).toMatchObject({
      code: 'UNSUPPORTED_ENVIRONMENT',
    });
    expect(await start({})).toBe('simd128');
  });
});

describe('INVALID_ARGUMENT', () => {
  it.each([
    null,
    { variant: 'sse2' },
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
    { wasmModule: 'vicinal.wasm' },
    { wasmUrl: 'http://' },
  ])('is what init says to %o', async (options) => {
    const { default: init } = await freshPackage();
    expect(await errorOf(() => init(options as never))).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});
