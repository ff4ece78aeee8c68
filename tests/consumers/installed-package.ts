/**
The package as its users get it: packed, and installed into an empty project.

@module
*/
import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const fixtures = join(root, 'tests/consumers/fixtures');

export interface PackedFile {
  readonly path: string;
  readonly size: number;
}

/** A project of its own that has the package installed, and the fixtures beside its package.json. */
export class Project {
  readonly folder: string;
  /** What the tarball holds. */
  readonly files: readonly PackedFile[];

  private constructor(folder: string, files: readonly PackedFile[]) {
    this.folder = folder;
    this.files = files;
  }

  static async create(): Promise<Project> {
    const folder = await mkdtemp(join(tmpdir(), 'vicinal-consumer-'));
    const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: join(root, 'pkg'),
    });
    const [tarball] = JSON.parse(packed.stdout) as [{ filename: string; files: PackedFile[] }];
    await cp(fixtures, folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
    const install = [
      'install',
      '--offline',
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      `./${tarball.filename}`,
    ];
    await run('npm', install, { cwd: folder });
    return new Project(folder, tarball.files);
  }

  /** Runs a file of the project in Node; what it prints is JSON. */
  async node<T>(file: string): Promise<T> {
    const { stdout } = await run(process.execPath, [file], { cwd: this.folder });
    return JSON.parse(stdout) as T;
  }

  /** Checks a file's types as a project with these settings would; what the compiler says, empty when it agrees. */
  async check(file: string, moduleSettings: object): Promise<string> {
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'es2022',
      lib: ['es2022', 'dom'],
      types: [],
    };
    const config = { compilerOptions: { ...compilerOptions, ...moduleSettings }, files: [file] };
    await writeFile(join(this.folder, 'tsconfig.json'), JSON.stringify(config));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    return run(process.execPath, [compiler, '-p', '.'], { cwd: this.folder }).then(
      () => '',
      ({ stdout }: { stdout: string }) => stdout,
    );
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }
}
