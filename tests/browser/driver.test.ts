import { describe, expect, test } from 'vitest';
import { bounded } from './drivers/driver.js';

/** Stands for a browser that answers some commands and not others. */
class HalfADriver {
  readonly name = 'half';
  readonly #answer = 7;

  async evaluate(expression: string): Promise<number> {
    if (expression === 'fails') throw new Error('as it was told to');
    return this.#answer;
  }

  open(_url: string): Promise<void> {
    return new Promise(() => {});
  }
}

describe('a bounded driver', () => {
  const driver = bounded(new HalfADriver(), 20);

  test('answers and fails as the driver does', async () => {
    expect(driver.name).toBe('half');
    expect(await driver.evaluate('anything')).toBe(7);
    await expect(driver.evaluate('fails')).rejects.toThrow('as it was told to');
  });

  test('fails where there is no answer, and says to what', async () => {
    await expect(driver.open('a page')).rejects.toThrow('No answer within 20 ms to open("a page")');
  });
});
