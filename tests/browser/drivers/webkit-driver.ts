/**
WebKitGTK's MiniBrowser by WebKitWebDriver, through Selenium, on a display of its own.

@module
*/
import { setTimeout } from 'node:timers/promises';
import { Builder, By, Key as KeyCode, type WebDriver } from 'selenium-webdriver';
import { DriverService } from 'selenium-webdriver/remote';
import { bounded, type Driver, type DriverTab, type Key } from './driver.js';
import { programs } from './programs.js';
import { VirtualDisplay } from './virtual-display.js';
import { webkitEnvironment } from './webkit-environment.js';

const keyCodes: Record<Key, string> = {
  ArrowUp: KeyCode.ARROW_UP,
  ArrowDown: KeyCode.ARROW_DOWN,
  ArrowLeft: KeyCode.ARROW_LEFT,
  ArrowRight: KeyCode.ARROW_RIGHT,
  Enter: KeyCode.ENTER,
};

const READY_MS = 20_000;
const SCRIPT_LIMIT_MS = 60_000;

class WebKitDriver implements Driver {
  readonly name = 'webkit';
  readonly version: string;
  readonly #browser: WebDriver;
  readonly #end: () => Promise<void>;
  /** Resolves when other tabs are done with the browser. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(version: string, browser: WebDriver, end: () => Promise<void>) {
    this.version = version;
    this.#browser = browser;
    this.#end = end;
  }

  async open(url: string): Promise<void> {
    // An address that differs in its fragment alone would not load anew.
    await this.#browser.get('about:blank');
    await this.#browser.get(url);
  }

  reload(): Promise<void> {
    return this.#browser.navigate().refresh();
  }

  async evaluate<T>(expression: string): Promise<T> {
    const script = `
      const done = arguments[0];
      Promise.resolve().then(() => (${expression}))
        .then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const result = await this.#browser.executeAsyncScript<{ value: T; error?: string }>(script);
    if (result.error !== undefined) throw new Error(result.error);
    return result.value;
  }

  async click(selector: string): Promise<void> {
    const element = this.#browser.findElement(By.css(selector));
    // The server does not scroll to what begins just below the viewport, and then takes it for hidden.
    await this.#browser.executeScript("arguments[0].scrollIntoView({ block: 'center' })", element);
    await element.click();
  }

  async fill(selector: string, text: string): Promise<void> {
    const field = this.#browser.findElement(By.css(selector));
    await field.clear();
    await field.sendKeys(text);
  }

  async select(selector: string, value: string): Promise<void> {
    // An option has a value without an attribute too: its text.
    const place = await this.evaluate<number>(
      `[...document.querySelector(${JSON.stringify(selector)}).options].findIndex(({ value }) => value === ${JSON.stringify(value)})`,
    );
    await this.click(`${selector} option:nth-of-type(${place + 1})`);
  }

  press(key: Key): Promise<void> {
    return this.#browser.actions().sendKeys(keyCodes[key]).perform();
  }

  async resize(width: number, height: number): Promise<void> {
    // WebDriver knows the size of the window, which has a frame and a tool bar around the page.
    const window = this.#browser.manage().window();
    await window.setRect({ width, height });
    const [innerWidth, innerHeight] = await this.evaluate<[number, number]>('[innerWidth, innerHeight]');
    await window.setRect({ width: 2 * width - innerWidth, height: 2 * height - innerHeight });
  }

  async screenshot(): Promise<Uint8Array> {
    return Buffer.from(await this.#browser.takeScreenshot(), 'base64');
  }

  async openTab(): Promise<DriverTab> {
    const browser = this.#browser;
    const own = await browser.getWindowHandle();
    await browser.switchTo().newWindow('tab');
    const handle = await browser.getWindowHandle();
    await browser.switchTo().window(own);
    // One command at a time: each is for the window that was switched to.
    const within = <Result>(run: () => Promise<Result>): Promise<Result> => {
      const done = this.#turn.then(async () => {
        await browser.switchTo().window(handle);
        try {
          return await run();
        } finally {
          await browser.switchTo().window(own);
        }
      });
      this.#turn = done.catch(() => {});
      return done;
    };
    return bounded<DriverTab>({
      open: (url) => within(() => browser.get(url)),
      evaluate: <T>(expression: string) => within(() => this.evaluate<T>(expression)),
      close: () => within(() => browser.close()),
    });
  }

  async close(): Promise<void> {
    try {
      await this.#browser.quit();
    } finally {
      await this.#end();
    }
  }
}

export async function launchWebKit(): Promise<Driver> {
  const [server, binary] = [programs.webkitDriver(), programs.webkitBrowser()];
  const display = await VirtualDisplay.start();
  const service = new DriverService.Builder(server)
    .addArguments('--host=127.0.0.1')
    .setHostname('127.0.0.1')
    .setEnvironment(webkitEnvironment(display))
    .build();
  const end = async () => {
    await service.kill();
    await display.end();
  };
  try {
    const session = new Builder()
      .disableEnvironmentOverrides()
      .usingServer(await service.start(READY_MS))
      .withCapabilities({
        browserName: 'MiniBrowser',
        timeouts: { script: SCRIPT_LIMIT_MS },
        'webkitgtk:browserOptions': { binary, args: ['--automation'] },
      })
      .build();
    // The server waits without limit for a browser that does not start.
    const browser = await Promise.race([session, tooLate()]);
    const capabilities = await browser.getCapabilities();
    return bounded<Driver>(new WebKitDriver(String(capabilities.getBrowserVersion()), browser, end));
  } catch (error) {
    await end();
    throw error;
  }
}

async function tooLate(): Promise<never> {
  await setTimeout(READY_MS, undefined, { ref: false });
  throw new Error(`MiniBrowser did not start within ${READY_MS} ms`);
}
