/** A trap: the module cannot be trusted any more, says so, and says so again. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { errorOf } from './support/awaitable.js';
import { freshPackage } from './support/fresh-package.js';

// The functions that embind has bound are called through the module's table.
const getFromTable = WebAssembly.Table.prototype.get;
let trapping = false;

beforeAll(() => {
  WebAssembly.Table.prototype.get = function get(index: number) {
    const target = getFromTable.call(this, index);
    if (typeof target !== 'function') return target;
    return (...args: unknown[]) => {
      if (trapping) throw new WebAssembly.RuntimeError('unreachable');
      return target(...args);
    };
  };
});

afterAll(() => {
  WebAssembly.Table.prototype.get = getFromTable;
});

it('makes every later call fail with INTERNAL, but for dispose', async () => {
  const { default: init, VectorSearchEngine, BatchProcessor, performanceMetrics } = await freshPackage();
  await init();
  const engine = new VectorSearchEngine(2, 'dot');
  const other = new VectorSearchEngine(2, 'dot');
  engine.add([1, 2]);
  trapping = true;
  const first = await errorOf(() => engine.search([1, 2]));
  trapping = false;
  const wanted = {
    code: 'INTERNAL',
    message: 'Internal error: the module has stopped: RuntimeError: unreachable. Please report it',
  };
  expect(first).toMatchObject(wanted);
  expect((first as Error).cause).toBeInstanceOf(WebAssembly.RuntimeError);
  const calls = [
    () => engine.search([1, 2]),
    () => other.add([1, 2]),
    () => new VectorSearchEngine(3),
    () => new BatchProcessor(2).process(Float32Array.of(1, 2), 'normalize'),
    () => performanceMetrics(),
  ];
  for (const call of calls) expect(await errorOf(call), String(call)).toMatchObject(wanted);
  engine.dispose();
  other.dispose();
});
