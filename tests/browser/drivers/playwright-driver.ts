/**
Chromium by the DevTools protocol and Firefox by WebDriver BiDi, both through Playwright.

@module
*/
import { type Browser, chromium, firefox, type Page } from 'playwright-core';
import type { Driver, EngineName, Key } from './driver.js';
import { programs } from './programs.js';

class PlaywrightDriver implements Driver {
  readonly name: EngineName;
  readonly version: string;
  readonly #browser: Browser;
  readonly #page: Page;

  constructor(name: EngineName, browser: Browser, page: Page) {
    this.name = name;
    this.version = browser.version();
    this.#browser = browser;
    this.#page = page;
  }

  async open(url: string): Promise<void> {
    // An address that differs in its fragment alone would not load anew.
    await this.#page.goto('about:blank');
    await this.#page.goto(url);
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

  close(): Promise<void> {
    return this.#browser.close();
  }
}

async function withPage(name: EngineName, browser: Browser): Promise<Driver> {
  return new PlaywrightDriver(name, browser, await browser.newPage());
}

export async function launchChromium(): Promise<Driver> {
  const args = ['--disable-gpu', '--disable-quic', '--disable-background-networking'];
  // Chromium's sandbox does not start for root.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return withPage('chromium', await chromium.launch({ executablePath: programs.chromium(), args }));
}

export async function launchFirefox(): Promise<Driver> {
  // This channel drives any Firefox, not only the one that Playwright builds.
  return withPage(
    'firefox',
    await firefox.launch({ channel: 'moz-firefox', executablePath: programs.firefox() }),
  );
}
