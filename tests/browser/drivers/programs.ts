/**
Where the browsers are: build.sh says so in the environment; without it, where Debian puts them.

@module
*/
import { accessSync, constants, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const programs = {
  chromium: () => program('VICINAL_CHROMIUM', ['chromium', 'google-chrome']),
  firefox: () => program('VICINAL_FIREFOX', ['firefox-esr', 'firefox']),
  webkitDriver: () => program('VICINAL_WEBKIT_DRIVER', ['WebKitWebDriver']),
  webkitBrowser: () => program('VICINAL_WEBKIT_BROWSER', ['MiniBrowser'], miniBrowserFolders()),
  xvfb: () => program('VICINAL_XVFB', ['Xvfb']),
};

function program(variable: string, names: readonly string[], moreFolders: readonly string[] = []): string {
  const given = process.env[variable];
  if (given) return given;
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...moreFolders];
  for (const path of names.flatMap((name) => folders.map((folder) => join(folder, name)))) {
    if (isExecutable(path)) return path;
  }
  throw new Error(
    `${names.join(' or ')} is not installed: ./build.sh browser installs it, or set ${variable}`,
  );
}

function miniBrowserFolders(): string[] {
  try {
    return readdirSync('/usr/lib').flatMap((name) =>
      ['webkit2gtk-4.1', 'webkitgtk-6.0'].map((library) => join('/usr/lib', name, library)),
    );
  } catch {
    return [];
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
