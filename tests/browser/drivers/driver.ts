/**
What the suites ask of a browser, whatever drives it.

@module
*/

export type EngineName = 'chromium' | 'firefox' | 'webkit';

/** Another tab of the same browser, of the same profile. */
export interface DriverTab {
  /** As {@link Driver.open}. */
  open(url: string): Promise<void>;
  /** As {@link Driver.evaluate}. */
  evaluate<T>(expression: string): Promise<T>;
  /** Kills what runs in the tab, with no time for it to say a word. Only where the driver can. */
  crash?(): Promise<void>;
  /** Lets no script in the tab run; `false`: goes on. Only where the driver can. */
  freeze?(isFrozen: boolean): Promise<void>;
  close(): Promise<void>;
}

/** One browser with one tab. Selectors are CSS and mean the first match. */
export interface Driver {
  readonly name: EngineName;
  /** The browser's own version, for reports. */
  readonly version: string;
  /** Goes to an address and waits until it has loaded. Whatever ran in the tab before is gone. */
  open(url: string): Promise<void>;
  /** Loads the page anew, as a user would. */
  reload(): Promise<void>;
  /** The value of a JavaScript expression in the page, once settled where it is a promise. It must be JSON. */
  evaluate<T>(expression: string): Promise<T>;
  click(selector: string): Promise<void>;
  /** Replaces what stands in a field, as a user would. */
  fill(selector: string, text: string): Promise<void>;
  /** Chooses the option of a `<select>` that has this value. */
  select(selector: string, value: string): Promise<void>;
  /** Presses a key where the focus is: `ArrowDown`, `Enter`, ... */
  press(key: Key): Promise<void>;
  /** Size of the page's viewport, CSS pixels. */
  resize(width: number, height: number): Promise<void>;
  /** A picture of what is seen, as PNG. */
  screenshot(): Promise<Uint8Array>;
  openTab(): Promise<DriverTab>;
  /** Bytes that the site of the page may keep, or as many as ever. Only where the driver can. */
  limitStorage?(bytes: number | undefined): Promise<void>;
  /** Deletes what the site keeps, as its user may. Only where the driver can. */
  clearStorage?(): Promise<void>;
  close(): Promise<void>;
}

export type Key = 'ArrowDown' | 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'Enter';

/** Longest that one command of a driver may take, in milliseconds. */
const COMMAND_MS = 120_000;

/**
A driver, or a tab of one, whose every command settles: one that has no answer in time fails, and says which it was.
Browsers that stand still answer nothing, and what drives them waits for most answers without limit.
*/
export function bounded<Target extends object>(target: Target, limitMs = COMMAND_MS): Target {
  return new Proxy(target, {
    get(_, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        const what = `${String(name)}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`;
        return inTime(member.apply(target, args), limitMs, what);
      };
    },
  });
}

async function inTime<Answer>(answer: Promise<Answer>, limitMs: number, what: string): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`No answer within ${limitMs} ms to ${what}`)), limitMs);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

const POLL_MS = 50;
const WAIT_MS = 60_000;

/** Waits until an expression in the page is true. */
export async function waitFor(
  driver: Pick<Driver, 'evaluate'> & { readonly name?: string },
  expression: string,
  waitMs = WAIT_MS,
): Promise<void> {
  const deadline = Date.now() + waitMs;
  while (!(await driver.evaluate<boolean>(`Boolean(${expression})`))) {
    if (Date.now() > deadline)
      throw new Error(`${driver.name ?? 'A tab'} waited ${waitMs} ms in vain for: ${expression}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** The text of the elements that a selector names, as a user reads it. */
export function texts(driver: Driver, selector: string): Promise<string[]> {
  return driver.evaluate(
    `[...document.querySelectorAll(${JSON.stringify(selector)})].map((e) => e.innerText.trim())`,
  );
}
