/**
What a page tells by itself, by POST: one thing after another, each waited for.

@module
*/
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { text } from 'node:stream/consumers';

/** Longest that a page may be silent, in milliseconds: a browser that starts on a busy machine. */
const SILENCE_MS = 60_000;

export interface Told {
  readonly what: string;
  readonly body: string;
  answer(body?: string): void;
}

export class Telling {
  readonly #told: Told[] = [];
  readonly #connections = new Set<Socket>();
  #wake: () => void = () => {};
  #lastWord = 'none';

  readonly onPost = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { socket } = request;
    if (!this.#connections.has(socket)) {
      this.#connections.add(socket);
      socket.once('close', () => {
        this.#connections.delete(socket);
        this.#wake();
      });
    }
    const what = decodeURIComponent(request.url ?? '').slice(1);
    // Whoever is killed in the middle of a word has not said it.
    const body = await text(request).catch(() => undefined);
    if (body === undefined) return;
    const answer = (json = '') =>
      void response.writeHead(200, { 'content-type': 'application/json' }).end(json);
    this.#lastWord = what;
    this.#told.push({ what, body, answer });
    this.#wake();
  };

  /** The word of a page that has just loaded. Pages that load later, until the next call, wait for an answer in vain. */
  async nextLoaded(): Promise<Told> {
    for (;;) {
      const told = await this.#take();
      if (told.what === 'loaded') return told;
    }
  }

  /** The next thing that is told, which is still to be answered. */
  async next(): Promise<Told> {
    for (;;) {
      const told = await this.#take();
      // Firefox opens what was open at a crash once more, beside what it is told to open.
      if (told.what !== 'loaded') return told;
    }
  }

  async #take(): Promise<Told> {
    for (;;) {
      const told = this.#told.shift();
      if (told?.what === 'failure') throw new Error(`The page has failed: ${told.body}`);
      if (told) return told;
      await this.#change();
    }
  }

  /** After a kill: all that was told and not yet taken. A failure among it is none: its browser was dying. */
  async rest(): Promise<Told[]> {
    // What was sent before the kill may still be on its way.
    while (this.#connections.size > 0) await this.#change();
    return this.#told.splice(0);
  }

  #change(): Promise<void> {
    return new Promise((resolve, reject) => {
      const fail = () => {
        const state = `its last word was ${this.#lastWord}, and ${this.#connections.size} of its connections are open`;
        reject(new Error(`The page has said nothing for ${SILENCE_MS} ms: ${state}`));
      };
      const timer = setTimeout(fail, SILENCE_MS);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
