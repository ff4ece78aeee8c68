/**
A display that nobody sees, for a browser that needs one.

@module
*/
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { programs } from './programs.js';

export class VirtualDisplay {
  /** What `DISPLAY` must be for a program to show its windows here: `:0`, `:1`, ... */
  readonly name: string;
  readonly #server: ChildProcess;

  private constructor(name: string, server: ChildProcess) {
    this.name = name;
    this.#server = server;
  }

  static async start(): Promise<VirtualDisplay> {
    const server = spawn(
      programs.xvfb(),
      ['-displayfd', '3', '-screen', '0', '1600x1200x24', '-nolisten', 'tcp'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
    );
    await once(server, 'spawn');
    // Where a test run is cut short, nobody calls end().
    process.once('exit', () => server.kill());
    // Once ready, the server writes the number of its display here and closes the pipe.
    const number = await text(server.stdio[3] as Readable);
    if (number === '') throw new Error('Xvfb ended before it was ready');
    return new VirtualDisplay(`:${number.trim()}`, server);
  }

  async end(): Promise<void> {
    const ended = once(this.#server, 'exit');
    if (this.#server.kill()) await ended;
  }
}
