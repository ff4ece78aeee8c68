/** JavaScript outside the browser; that a command returns shows that the process ends by itself. */
import { readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { command } from './support/command.js';
import { type Answer, byRelaxed, bySimd128 } from './support/expected.js';
import { folders } from './support/folders.js';
import { Project } from './support/project.js';

/** Node has relaxed SIMD since version 22. */
const byNode = Number.parseInt(process.versions.node, 10) < 22 ? bySimd128 : byRelaxed;

const runtimes: readonly { name: string; program: () => string; args?: string[]; found: Answer }[] = [
  { name: 'Node', program: () => process.execPath, found: byNode },
  { name: 'Bun', program: () => binary('@oven', 'bin/bun'), found: byRelaxed },
  { name: 'Deno', program: () => binary('@deno', 'deno'), args: ['run', '--allow-read'], found: byRelaxed },
];

/** Both come as one package for each platform, of which npm installs what runs here. */
function binary(scope: string, path: string): string {
  const installed = join(folders.root, 'build/consumers/node_modules', scope);
  const [platform = 'no platform'] = readdirSync(installed);
  return join(installed, platform, path);
}

let project: Project;
beforeAll(async () => {
  project = await Project.create('runtime');
});

test.each(runtimes)('$name searches, in the main thread and in a worker', async ({
  program,
  args = [],
  found,
}) => {
  const printed = await command(project.folder, program(), ...args, 'search.js');
  expect(JSON.parse(printed)).toEqual({ here: found, worker: found });
});

test('a bundle for a server searches where none of the package is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vicinal-server-'));
  try {
    await project.run('bundle', `--outfile=${join(folder, 'search.mjs')}`);
    const printed = await command(folder, process.execPath, 'search.mjs');
    expect(JSON.parse(printed)).toEqual({ here: bySimd128, worker: bySimd128 });
  } finally {
    await rm(folder, { recursive: true });
  }
});
