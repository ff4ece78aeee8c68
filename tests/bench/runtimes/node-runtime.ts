/**
A Node process of its own.

@module
*/
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Variant } from 'vicinal';
import type { Reply } from '../measured/node.js';
import { paths } from '../paths.js';
import type { Runtime, RuntimeKind } from './runtime.js';
import type { Site } from './site.js';

export function nodeKind(site: Site, variant: Variant, peers: boolean): RuntimeKind {
  return {
    title: `Node ${process.versions.node}, ${variant}`,
    facts: { name: 'Node', version: process.versions.node, variant },
    peers,
    open: async () => openNode(site, variant),
    openOnDisk: async () => openNode(site, variant),
  };
}

function openNode(site: Site, variant: Variant): Runtime {
  const child = fork(join(paths.bench, 'node/bench.mjs'), [paths.peers, paths.stored, variant], {
    // Packages greet there.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const died = ended.then(([code, signal]): never => {
    throw new Error(`the Node process ended: ${signal ?? code}`);
  });
  died.catch(() => undefined);
  return {
    async call(name, ...args) {
      const replied = once(child, 'message') as Promise<[Reply]>;
      // `died` tells better why it cannot be sent.
      child.send({ name, args }, () => undefined);
      const [reply] = await Promise.race([replied, died]);
      if ('error' in reply) throw new Error(reply.error);
      return reply.value as never;
    },
    address: (file) => site.address(file),
    kernels: (which) => pathToFileURL(join(paths.build, `wasm-${which}`, 'bench_kernels.mjs')).href,
    async close() {
      // It may have workers that are open still.
      child.kill();
      await ended;
    },
  };
}
