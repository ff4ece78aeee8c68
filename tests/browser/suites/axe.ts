/**
What axe objects to in the demo page: nothing.

@module
*/
import { expect } from 'vitest';
import type { Bench } from './browser.js';

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[] }[];
}

/** Of the page as it is now, light and dark. */
export async function axeHasNoObjection({ driver, site }: Bench): Promise<void> {
  const src = JSON.stringify(site.url('axe/axe.min.js'));
  await driver.evaluate(`new Promise((resolve, reject) => {
    const script = document.createElement('script');
    Object.assign(script, { src: ${src}, onload: () => resolve(true), onerror: reject });
    document.head.append(script);
  })`);
  for (const theme of ['light', 'dark']) {
    await driver.select('#theme', theme);
    await driver.evaluate(
      'Promise.allSettled(document.getAnimations().map(({ finished }) => finished)).then(() => true)',
    );
    const found = await driver.evaluate<Violation[]>(
      "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => JSON.parse(JSON.stringify(violations)))",
    );
    const objections = found.flatMap(({ id, nodes }) =>
      nodes.map(({ target }) => `${id}: ${target.join(' ')}`),
    );
    expect(objections, theme).toEqual([]);
  }
}
