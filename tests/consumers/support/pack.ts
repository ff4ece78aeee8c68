/**
Packs the package once for all tests, as it would be published.

@module
*/
import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { command } from './command.js';
import { folders } from './folders.js';

export interface PackedPackage {
  readonly tarball: string;
  /** Paths of what it holds. */
  readonly files: readonly string[];
}

declare module 'vitest' {
  interface ProvidedContext {
    packed: PackedPackage;
  }
}

export default async function pack(project: TestProject): Promise<() => Promise<void>> {
  if (!existsSync(`${folders.root}build/consumers`))
    throw new Error('the tools are not installed: run ./build.sh consumers');
  const removeProjects = async () => {
    for (const folder of [folders.projects, folders.frameworkProjects])
      await rm(folder, { recursive: true, force: true });
  };
  await removeProjects();
  await mkdir(folders.projects, { recursive: true });
  const printed = await command(
    folders.package,
    'npm',
    'pack',
    '--json',
    '--pack-destination',
    folders.projects,
  );
  const [{ filename, files }] = JSON.parse(printed) as [{ filename: string; files: { path: string }[] }];
  project.provide('packed', {
    tarball: join(folders.projects, filename),
    files: files.map(({ path }) => path),
  });
  return removeProjects;
}
