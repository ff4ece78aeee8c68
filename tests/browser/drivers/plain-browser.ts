/**
A browser that nobody drives, as a user would start it: on a page, with a profile that it keeps. What it shows must tell
of itself. It ends by being killed.

@module
*/
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineName } from './driver.js';
import { programs } from './programs.js';
import type { VirtualDisplay } from './virtual-display.js';
import { webkitEnvironment } from './webkit-environment.js';

/** Longest that killed processes may take to be gone, in milliseconds. */
const GONE_MS = 20_000;

/** What a user would have answered long ago, and what a browser does on its own account. */
const firefoxSettings = {
  'browser.aboutwelcome.enabled': false,
  'browser.sessionstore.resume_from_crash': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,',
  // It would ask whether to start in safe mode.
  'toolkit.startup.max_resumed_crashes': -1,
};

export interface PlainBrowser {
  /** Kills all its processes at once, with no time for any to do a thing; resolves when they are gone. */
  kill(): Promise<void>;
}

/**
@param profile - Folder that the browser keeps everything in: the same again for what it has kept.
@param display - Where WebKit shows its window.
*/
export async function startPlain(
  name: EngineName,
  profile: string,
  url: string,
  display?: VirtualDisplay,
): Promise<PlainBrowser> {
  const { program, args, env } = ways[name](profile, url, display);
  // In a session of its own, so that its processes can be told from others.
  const child = spawn(program, args, { env, detached: true, stdio: 'ignore' });
  await once(child, 'spawn');
  const onExit = () => killGroup(child);
  process.once('exit', onExit);
  return {
    async kill() {
      process.off('exit', onExit);
      const leader = child.pid as number;
      // Who has lost its parent is a descendant no more: they are looked for while all live.
      const pids = await processesOf(leader);
      killGroup(child);
      for (const pid of pids) signal(pid);
      const deadline = Date.now() + GONE_MS;
      for (;;) {
        const left = await processesOf(leader, pids);
        if (left.size === 0) return;
        if (Date.now() > deadline) throw new Error(`${name} was killed, and ${[...left]} are still there`);
        for (const pid of left) signal(pid);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}

interface Way {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

const ways: Record<EngineName, (profile: string, url: string, display?: VirtualDisplay) => Way> = {
  chromium(profile, url) {
    const args = ['--headless=new', `--user-data-dir=${profile}`, '--no-first-run', '--disable-gpu'];
    args.push('--no-default-browser-check', '--disable-quic', '--disable-background-networking');
    // No question about the crash before, and no keys of a desktop's.
    args.push('--hide-crash-restore-bubble', '--password-store=basic');
    // Chromium's sandbox does not start for root.
    if (process.getuid?.() === 0) args.push('--no-sandbox');
    return { program: programs.chromium(), args: [...args, url], env: process.env };
  },
  firefox(profile, url) {
    const lines = Object.entries(firefoxSettings).map(
      ([key, value]) => `user_pref(${JSON.stringify(key)}, ${JSON.stringify(value)});\n`,
    );
    writeFileSync(join(profile, 'user.js'), lines.join(''));
    const args = ['--headless', '--no-remote', '--profile', profile, url];
    return { program: programs.firefox(), args, env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: '1' } };
  },
  webkit(profile, url, display) {
    if (display === undefined) throw new Error('WebKit needs a display');
    const folders = Object.fromEntries(
      ['DATA', 'CACHE', 'CONFIG'].map((kind) => [`XDG_${kind}_HOME`, join(profile, kind.toLowerCase())]),
    );
    for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true });
    return {
      program: programs.webkitBrowser(),
      args: [url],
      env: { ...webkitEnvironment(display), ...folders },
    };
  },
};

function killGroup({ pid }: ChildProcess): void {
  signal(-(pid as number));
}

function signal(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has gone.
  }
}

/** The processes that live of a session: in it, in its group, descendants, or `known` before. */
async function processesOf(leader: number, known: ReadonlySet<number> = new Set()): Promise<Set<number>> {
  const parents = new Map<number, number>();
  const found = new Set<number>();
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const pid = Number(entry);
    // The name, which stands in brackets, may have brackets and spaces of its own.
    const stat = await readFile(`/proc/${entry}/stat`, 'utf8').catch(() => '');
    const [state, parent, group, session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (session === undefined || state === 'Z' || state === 'X') continue;
    parents.set(pid, Number(parent));
    if ([pid, Number(group), Number(session)].includes(leader) || known.has(pid)) found.add(pid);
  }
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const [pid, parent] of parents) if (found.has(parent)) found.add(pid);
  }
  return found;
}
