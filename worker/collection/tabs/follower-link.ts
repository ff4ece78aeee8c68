/**
A follower's way to the writer: one it joins, whoever that is.

@module
*/

import type { PendingCall } from './pending-call.js';
import type { CallMessage, FollowerMessage, PublicMessage, WriterMessage } from './protocol.js';
import { type ChannelLike, createTabId, ownChannelName } from './tab-channel.js';
import { presenceLockName, TabLock } from './tab-lock.js';
import type { TabContext } from './writer-tab.js';

type Addressed<Message> = Message extends unknown ? Omit<Message, 'to'> : never;

export class FollowerLink {
  readonly #context: TabContext;
  /** Another one each time: nothing that was meant for an earlier link is taken for this one's. */
  readonly #tab = createTabId();
  readonly #presence: TabLock;
  readonly #channel: ChannelLike;
  #isClosed = false;
  #isPresent = false;
  /** The writer that has welcomed this tab. */
  writer: string | undefined;

  constructor(context: TabContext, onMessage: (message: WriterMessage) => void) {
    this.#context = context;
    const { name, locks, openChannel } = context;
    this.#channel = openChannel(ownChannelName(name, this.#tab));
    this.#channel.onmessage = ({ data }) => onMessage(data as WriterMessage);
    this.#presence = new TabLock(locks, presenceLockName(name, this.#tab));
    void this.#presence.granted.then(() => {
      this.#isPresent = true;
      this.join();
    });
  }

  /** Asks whoever is the writer to be welcomed. May be asked again. */
  join(): void {
    // Before it holds its lock, the writer would take it for one that is gone.
    if (this.#isClosed || !this.#isPresent) return;
    const message: PublicMessage = { type: 'join', tab: this.#tab, version: this.#context.version };
    this.#context.channel.postMessage(message);
  }

  post(message: Addressed<FollowerMessage>): void {
    if (this.#isClosed || this.writer === undefined) return;
    this.#channel.postMessage({ ...message, to: this.writer });
  }

  /** Gives a call to the writer. */
  send(call: PendingCall): void {
    // As it is before it begins.
    const { number, method, args, isRepeated: repeated, order, feed } = call;
    call.begin();
    const message: Omit<CallMessage, 'type'> = {
      call: number,
      method,
      args,
      points: feed?.left,
      repeated,
      order,
    };
    this.post({ type: 'call', ...message });
  }

  close(): void {
    if (this.#isClosed) return;
    this.post({ type: 'leave' });
    this.#isClosed = true;
    this.writer = undefined;
    this.#channel.onmessage = null;
    this.#channel.close();
    this.#presence.release();
  }
}
