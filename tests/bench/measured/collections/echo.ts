/**
A worker that only answers: what a message there and back costs by itself.

@module
*/

export interface Echo {
  /** Sends a copy of the query, whose buffer is given away, and waits for the answer. */
  send(query: Float32Array): Promise<void>;
  end(): void;
}

export async function openEcho(): Promise<Echo> {
  return typeof Worker === 'function' ? pageEcho() : nodeEcho();
}

function pageEcho(): Echo {
  const text = 'onmessage = ({ data }) => postMessage(data.length);';
  const worker = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })));
  return {
    send: (query) =>
      new Promise((resolve) => {
        worker.onmessage = () => resolve();
        const sent = query.slice();
        worker.postMessage(sent, [sent.buffer]);
      }),
    end: () => worker.terminate(),
  };
}

async function nodeEcho(): Promise<Echo> {
  const threads = await import('node:worker_threads');
  const text = `const { parentPort } = require('node:worker_threads');
    parentPort.on('message', (data) => parentPort.postMessage(data.length));`;
  const worker = new threads.Worker(text, { eval: true });
  return {
    send: (query) =>
      new Promise((resolve) => {
        worker.once('message', () => resolve());
        const sent = query.slice();
        worker.postMessage(sent, [sent.buffer]);
      }),
    end: () => void worker.terminate(),
  };
}
