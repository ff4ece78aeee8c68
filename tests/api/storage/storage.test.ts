/** Storage in Node: memory and folders. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import init from '../../../bindings/api/init.js';
import { chooseStorage, openStorage, removeStorage } from '../../../worker/storage/storage.js';
import { folderName } from '../../../worker/storage/storage-names.js';
import { describeStorage } from './storage.behaviour.js';

let folder: string;
let places = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vicinal-storage-'));
  await init({ wasmUrl: new URL('../../../build/wasm/simd128/vicinal.wasm', import.meta.url) });
});
afterAll(() => rmSync(folder, { recursive: true }));

describeStorage('storage in memory', () => ({ kind: 'memory', name: `memory ${places++}` }));

describeStorage('storage in a folder', () => ({
  kind: 'file',
  name: 'any',
  path: join(folder, `new/collection ${places++}`),
}));

describe('the choice of storage', () => {
  it('is the folder where there is a path, else memory', async () => {
    expect(await chooseStorage({ name: 'a', path: join(folder, 'chosen') })).toBe('file');
    expect(await chooseStorage({ name: 'a' })).toBe('memory');
  });

  it('refuses what is not here, and a folder without a path', async () => {
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    await expect(openStorage({ kind: 'opfs', name: 'a', shard: 0 })).rejects.toEqual(refused);
    await expect(openStorage({ kind: 'file', name: 'a', shard: 0 })).rejects.toEqual(refused);
    await expect(removeStorage({ kind: 'file', name: 'a', path: '' })).rejects.toEqual(refused);
  });
});

describe('names of folders', () => {
  it('differ where names do, whatever the file system takes for one', () => {
    const names = ['A', 'a', '%41', '..', '.', 'a b', 'a/b', 'a\\b', 'ä', 'a.', 'CON', 'con', '%', '-', "'"];
    const folders = names.map(folderName);
    expect(new Set(folders).size).toBe(names.length);
    for (const name of folders) expect(name).toMatch(/^(?:[a-z0-9_-]|%[0-9a-f]{2})+$/);
    expect(folderName('Äb.')).toBe('%c3%84b%2e');
  });

  it('are refused where there can be none', () => {
    const refused = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    for (const name of ['', 'x'.repeat(251), 'Ä'.repeat(50), '\ud800'])
      expect(() => folderName(name)).toThrow(refused);
  });
});
