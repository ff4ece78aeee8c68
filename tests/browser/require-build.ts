/** Says what to run where what is to be tested has not been built. */
import { existsSync } from 'node:fs';

export default function requireBuild(): void {
  for (const file of ['pkg/package.json', 'build/web/index.html']) {
    const path = new URL(`../../${file}`, import.meta.url);
    if (!existsSync(path)) throw new Error(`${file} is missing: run ./build.sh first`);
  }
}
