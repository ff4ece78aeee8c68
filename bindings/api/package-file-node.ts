/**
The package's own files, in Node.

@module
*/
import { existsSync } from 'node:fs';

/**
A file of the package, where it is.

@param path - Relative to the package's scripts.
@returns Nothing where it is not there: what is bundled for a server (by Next, Nuxt, SvelteKit, ...) runs elsewhere
than it was built, and no bundler is told of the file, since each would do something else with it.
*/
export function packageFile(path: string): URL | undefined {
  try {
    const url = new URL(path, import.meta.url);
    return existsSync(url) ? url : undefined;
  } catch {
    // Bundled into a form that knows no `import.meta`.
    return undefined;
  }
}
