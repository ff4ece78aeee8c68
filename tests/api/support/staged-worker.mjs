// The package's worker on a stage: a test decides when a long call may go on, and how the worker dies.
//
// `workerData`: `workerUrl`, the worker file to run; `gate`, an Int32Array on shared memory; `control`, a port for
// commands. While `gate[0]` is 0, the thread stands still right after each report of progress.

import { parentPort, workerData } from 'node:worker_threads';

const { workerUrl, gate, control } = workerData;

// Every look at the clock finds a second gone: progress is reported, and messages are received, after every step.
let clock = 0;
performance.now = () => {
  clock += 1000;
  return clock;
};

const post = parentPort.postMessage.bind(parentPort);
parentPort.postMessage = (message, transfer) => {
  post(message, transfer);
  if (message.type === 'progress') Atomics.wait(gate, 0, 0);
};

// Functions of the module that the glue calls by address: all that embind has bound.
let trapping = false;
const getFromTable = WebAssembly.Table.prototype.get;
WebAssembly.Table.prototype.get = function get(index) {
  const target = getFromTable.call(this, index);
  if (target === null) return target;
  return (...args) => {
    if (trapping) throw new WebAssembly.RuntimeError('unreachable');
    return target(...args);
  };
};

control.on('message', (command) => {
  switch (command) {
    case 'trap':
      trapping = true;
      control.postMessage('trapping');
      break;
    case 'throw':
      throw new Error('thrown on the stage');
    case 'exit':
      process.exit(3);
      break;
    case 'nonsense':
      post({ type: 'result', call: 'none' });
      post(undefined);
      break;
  }
});
control.unref();

await import(workerUrl);
