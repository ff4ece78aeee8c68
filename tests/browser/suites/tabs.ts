/**
Pages of one browser that share a collection: several at once, closed, killed and frozen.

@module
*/
import { afterEach, describe, expect, test } from 'vitest';
import { isOneHistory, type TabHistory } from '../../support/tabs/whole-history.js';
import { type DriverTab, waitFor } from '../drivers/driver.js';
import type { Bench } from './browser.js';

const points = ['a', 'b', 'c'];

interface Report {
  readonly history: TabHistory['history'];
  readonly outcome: { readonly failure?: string } | null;
}

export function tabsSuite(bench: Bench, { crashes }: { readonly crashes: boolean }): void {
  describe('tabs', () => {
    const tabs = new Set<DriverTab>();
    let names = 0;

    async function open(name: string, options: object = {}): Promise<{ tab: DriverTab; role: string }> {
      const tab = await bench.driver.openTab();
      tabs.add(tab);
      await tab.open(bench.site.url('tabs/page.html'));
      await waitFor(tab, 'globalThis.isReady');
      const role = await tab.evaluate<string>(
        `tab.open(${JSON.stringify(name)}, ${JSON.stringify(options)})`,
      );
      return { tab, role };
    }
    const close = async (tab: DriverTab) => {
      tabs.delete(tab);
      await tab.close();
    };
    const nextName = () => `${bench.driver.name} ${++names}`;

    afterEach(async () => {
      for (const tab of tabs) await close(tab);
    });

    for (const count of [2, 5]) {
      for (const way of crashes ? ['closed', 'crashed'] : ['closed']) {
        test(`${count} at once, the writer ${way} amid their calls`, async () => {
          const name = nextName();
          const all: { readonly tab: DriverTab; readonly seed: number }[] = [];
          for (let i = 0; i < count; i++) {
            const { tab, role } = await open(name);
            expect(role).toBe(i === 0 ? 'writer' : 'follower');
            all.push({ tab, seed: 10 * names + i });
          }
          const [writer, ...others] = all as [(typeof all)[number], ...typeof all];
          const work = (tab: DriverTab, seed: number, operations: number) =>
            tab.evaluate(`tab.work(${seed}, ${JSON.stringify(points)}, ${operations})`);
          await work(writer.tab, writer.seed, 10);
          await Promise.all(others.map(({ tab, seed }) => work(tab, seed, 60)));
          await waitFor(writer.tab, 'tab.report().outcome !== null');
          const { history } = await writer.tab.evaluate<Report>('tab.report()');
          const histories: TabHistory[] = [{ seed: writer.seed, history, isCut: false }];
          // Nobody will know what became of the last thing that it asked for.
          await work(writer.tab, writer.seed + 9, 1);
          histories.push({ seed: writer.seed + 9, history: {}, isCut: true });
          if (way === 'crashed') await writer.tab.crash?.();
          await close(writer.tab);
          for (const { tab, seed } of others) {
            await waitFor(tab, 'tab.report().outcome !== null');
            const report = await tab.evaluate<Report>('tab.report()');
            expect(report.outcome).toEqual({});
            histories.push({ seed, history: report.history, isCut: false });
          }
          const roles = await Promise.all(others.map(({ tab }) => tab.evaluate<string>('tab.role()')));
          expect(roles.filter((role) => role === 'writer')).toHaveLength(1);
          const { tab } = others.at(-1) as (typeof all)[number];
          for (const point of points) {
            const value = await tab.evaluate<number | null>(`tab.value('${point}')`);
            expect(isOneHistory(histories, point, value, Date.now() + 1)).toBe(true);
          }
        }, 120_000);
      }
    }

    test('a collection outlives all of them', async () => {
      const name = nextName();
      const { tab: first } = await open(name);
      const { tab: second } = await open(name);
      expect(await second.evaluate(`tab.change('x', 7)`)).not.toHaveProperty('code');
      await close(first);
      await close(second);
      const { tab: third, role } = await open(name);
      expect(role).toBe('writer');
      expect(await third.evaluate(`tab.value('x')`)).toBe(7);
    });

    if (crashes) {
      test('a frozen writer is told of, and goes on when it thaws', async () => {
        const name = nextName();
        const limits = { pingMs: 100, silenceMs: 1000 };
        const { tab: writer } = await open(name, limits);
        const { tab: follower } = await open(name, limits);
        await writer.freeze?.(true);
        const change = await follower.evaluate<{ code?: string; ms: number }>(`tab.change('x', 1)`);
        expect(change.code).toBe('TIMEOUT');
        await writer.freeze?.(false);
        expect(await follower.evaluate(`tab.change('x', 2)`)).not.toHaveProperty('code');
        expect(await writer.evaluate(`tab.value('x')`)).toBe(2);
        expect(await follower.evaluate('tab.role()')).toBe('follower');
      });
    }

    test('one of another release is refused', async () => {
      const name = nextName();
      await open(name);
      const { role } = await open(name, { version: '99.0.0' });
      expect(role).toMatch(/Expected vicinal .*, got vicinal 99\.0\.0/);
    });
  });
}
