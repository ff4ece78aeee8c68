/**
A turn of the event loop in which messages that have arrived are received.

In browsers by a `MessageChannel`: a timer would wait 4 ms at least, once nested. In Node by `setImmediate`: a port
there delivers up to 1000 of its own messages in a row, so that a message to oneself can keep those of others waiting.

@module
*/

declare const setImmediate: ((callback: () => void) => void) | undefined;

/** Each call of the returned function resolves after the messages that had arrived by then were received. */
export function createMessageTurn(): () => Promise<void> {
  return typeof setImmediate === 'function' ? immediateTurn(setImmediate) : channelTurn();
}

/** Twice, since the first may come in the same round of the event loop, before messages are looked for. */
function immediateTurn(immediate: (callback: () => void) => void): () => Promise<void> {
  return () => new Promise((resolve) => immediate(() => immediate(resolve)));
}

function channelTurn(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  let resume: (() => void) | undefined;
  port1.onmessage = () => resume?.();
  return () =>
    new Promise((resolve) => {
      resume = resolve;
      port2.postMessage(undefined);
    });
}
