/**
Chromium, as a user of the built page: it reports what the page says, and all that went wrong on the way.

@module
*/
import { type BrowserContext, chromium } from 'playwright-core';
import { programs } from '../../browser/drivers/programs.js';

/** Longer than the package's own limit for a start, so that its error is seen first. */
const reportMs = 40_000;

export interface Visit<Report> {
  /** What the application wrote. */
  readonly report: Report;
  /** Errors and warnings in the console, uncaught errors, requests without an answer or with a bad one. */
  readonly problems: readonly string[];
  /** Addresses of what was loaded. */
  readonly loaded: readonly string[];
}

export class Visitor {
  readonly #context: BrowserContext;

  private constructor(context: BrowserContext) {
    this.#context = context;
  }

  /** `extension`: folder of an extension to be loaded. */
  static async start({ extension }: { extension?: string } = {}): Promise<Visitor> {
    const args = ['--disable-gpu', '--disable-quic', '--disable-background-networking'];
    // Chromium's sandbox does not start for root.
    if (process.getuid?.() === 0) args.push('--no-sandbox');
    if (extension !== undefined) {
      args.push(`--load-extension=${extension}`, `--disable-extensions-except=${extension}`);
      args.push('--disable-features=DisableLoadExtensionCommandLineSwitch');
    }
    // Only a persistent context loads extensions. Its profile is a folder of its own, which goes with it.
    const context = await chromium.launchPersistentContext('', {
      executablePath: programs.chromium(),
      args,
      ...(extension !== undefined && { ignoreDefaultArgs: ['--disable-extensions'] }),
    });
    return new Visitor(context);
  }

  /** Address of the loaded extension's files. */
  async extensionUrl(): Promise<string> {
    const [background = await this.#context.waitForEvent('serviceworker')] = this.#context.serviceWorkers();
    return new URL('.', background.url()).href;
  }

  /** Loads a page, and waits for its report. */
  async visit<Report>(url: string): Promise<Visit<Report>> {
    const page = await this.#context.newPage();
    const problems: string[] = [];
    const loaded: string[] = [];
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        problems.push(`${message.type()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => problems.push(`uncaught: ${error}`));
    page.on('requestfailed', (request) => problems.push(`no answer: ${request.url()}`));
    page.on('response', (response) => {
      loaded.push(response.url());
      if (response.status() >= 400) problems.push(`${response.status()}: ${response.url()}`);
    });
    try {
      await page.goto(url);
      const output = page.locator('#report', { hasText: '{' });
      const text = await output.textContent({ timeout: reportMs }).catch((error: unknown) => {
        throw new Error(`${url} reports nothing: ${problems.join('\n')}`, { cause: error });
      });
      return { report: JSON.parse(text ?? '') as Report, problems, loaded };
    } finally {
      await page.close();
    }
  }

  close(): Promise<void> {
    return this.#context.close();
  }
}
