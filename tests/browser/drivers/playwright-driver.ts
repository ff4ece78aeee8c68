/**
Chromium by the DevTools protocol and Firefox by WebDriver BiDi, both through Playwright.

@module
*/
import { type Browser, type CDPSession, chromium, firefox, type Page } from 'playwright-core';
import { bounded, type Driver, type DriverTab, type EngineName, type Key } from './driver.js';
import { programs } from './programs.js';

class PlaywrightDriver implements Driver {
  readonly name: EngineName;
  readonly version: string;
  readonly #page: Page;
  readonly #end: () => Promise<void>;
  #limiting: CDPSession | undefined;

  constructor(name: EngineName, version: string, page: Page, end: () => Promise<void>) {
    this.name = name;
    this.version = version;
    this.#page = page;
    this.#end = end;
  }

  async open(url: string): Promise<void> {
    // An address that differs in its fragment alone would not load anew.
    await this.#page.goto('about:blank');
    await this.#page.goto(url);
  }

  async reload(): Promise<void> {
    await this.#page.reload();
  }

  evaluate<T>(expression: string): Promise<T> {
    return this.#page.evaluate<T>(expression);
  }

  click(selector: string): Promise<void> {
    return this.#page.locator(selector).first().click();
  }

  fill(selector: string, text: string): Promise<void> {
    return this.#page.locator(selector).first().fill(text);
  }

  async select(selector: string, value: string): Promise<void> {
    await this.#page.locator(selector).first().selectOption(value);
  }

  press(key: Key): Promise<void> {
    return this.#page.keyboard.press(key);
  }

  resize(width: number, height: number): Promise<void> {
    return this.#page.setViewportSize({ width, height });
  }

  screenshot(): Promise<Uint8Array> {
    return this.#page.screenshot();
  }

  async openTab(): Promise<DriverTab> {
    const page = await this.#page.context().newPage();
    const tab: DriverTab = {
      open: async (url) => void (await page.goto(url)),
      evaluate: (expression) => page.evaluate(expression),
      close: () => page.close(),
    };
    if (this.name !== 'chromium') return bounded(tab);
    const session = await page.context().newCDPSession(page);
    return bounded({
      ...tab,
      crash: async () => {
        const crashed = new Promise((resolve) => page.once('crash', resolve));
        // It has no answer any more.
        session.send('Page.crash').catch(() => {});
        await crashed;
      },
      freeze: async (isFrozen: boolean) => {
        // Its script stands still at the next thing that it would do.
        if (isFrozen) await session.send('Debugger.enable');
        await session.send(isFrozen ? 'Debugger.pause' : 'Debugger.resume');
        if (!isFrozen) await session.send('Debugger.disable');
      },
    });
  }

  async limitStorage(bytes: number | undefined): Promise<void> {
    const session = await this.#page.context().newCDPSession(this.#page);
    const { origin } = new URL(this.#page.url());
    await session.send('Storage.overrideQuotaForOrigin', {
      origin,
      ...(bytes !== undefined && { quotaSize: bytes }),
    });
    // As soon as it is detached, the limit is off.
    this.#limiting?.detach();
    this.#limiting = session;
  }

  async clearStorage(): Promise<void> {
    const session = await this.#page.context().newCDPSession(this.#page);
    const { origin } = new URL(this.#page.url());
    await session.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
    await session.detach();
  }

  close(): Promise<void> {
    return this.#end();
  }
}

async function withPage(name: EngineName, browser: Browser, limitMs?: number): Promise<Driver> {
  const context = await browser.newContext();
  const page = await context.newPage();
  return bounded<Driver>(new PlaywrightDriver(name, browser.version(), page, () => browser.close()), limitMs);
}

/** @param limitMs - Longest that one command may take. Default: {@link bounded}'s, here and below. */
export async function launchChromium(limitMs?: number): Promise<Driver> {
  return withPage('chromium', await chromium.launch(chromiumOptions()), limitMs);
}

/** With a profile, which is deleted with it: other pages of Playwright's are private, and keep what they store in memory. */
export async function launchChromiumOnDisk(limitMs?: number): Promise<Driver> {
  const context = await chromium.launchPersistentContext('', chromiumOptions());
  const version = context.browser()?.version() ?? '';
  const page = await context.newPage();
  return bounded<Driver>(new PlaywrightDriver('chromium', version, page, () => context.close()), limitMs);
}

function chromiumOptions() {
  const args = ['--disable-gpu', '--disable-quic', '--disable-background-networking'];
  // Chromium's sandbox does not start for root.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return { executablePath: programs.chromium(), args };
}

export async function launchFirefox(limitMs?: number): Promise<Driver> {
  // This channel drives any Firefox, not only the one that Playwright builds.
  return withPage(
    'firefox',
    await firefox.launch({ channel: 'moz-firefox', executablePath: programs.firefox() }),
    limitMs,
  );
}
