/**
A project of a user's: a folder of fixtures, the shared application in `src/`, and the package installed from its
tarball.

@module
*/
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { command } from './command.js';
import { folders } from './folders.js';

const installOptions = ['--offline', '--no-audit', '--no-fund', '--no-package-lock', '--ignore-scripts'];

export class Project {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /**
  @param fixture - A folder of the fixtures; each serves one test file, since the project has its name.
  @param within - Below the tools that the project uses.
  @param save - How the package is noted in its package.json.
  */
  static async create(
    fixture: string,
    { within = folders.projects, save = '--save' as '--save' | '--save-dev' } = {},
  ): Promise<Project> {
    const project = new Project(join(within, fixture));
    await rm(project.folder, { recursive: true, force: true });
    await cp(join(folders.fixtures, fixture), project.folder, { recursive: true });
    await project.write();
    await command(project.folder, 'npm', 'install', save, ...installOptions, inject('packed').tarball);
    return project;
  }

  /**
  Writes the application anew.

  @param entry - Its main file, a neighbour of `index.js`.
  @param inline - Whether it imports the entries with everything embedded.
  */
  async write({ entry = 'index.js', inline = false } = {}): Promise<void> {
    const app = join(folders.fixtures, 'app');
    const source = join(this.folder, 'src');
    await cp(app, source, { recursive: true });
    await cp(join(app, entry), join(source, 'index.js'));
    if (!inline) return;
    for (const name of await readdir(source)) {
      if (!name.endsWith('.js')) continue;
      const text = await readFile(join(source, name), 'utf8');
      await writeFile(join(source, name), text.replace(/'(vicinal(?:\/worker)?)'/, "'$1/inline'"));
    }
  }

  /** Runs a script of its package.json; returns what it prints. */
  run(script: string, ...args: string[]): Promise<string> {
    return command(this.folder, 'npm', 'run', '--silent', script, '--', ...args);
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }
}
