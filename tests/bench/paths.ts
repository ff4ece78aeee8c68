/**
Where things lie.

@module
*/
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// This folder and that of the bundle (build/bench) are both two levels down.
const root = fileURLToPath(new URL('../../', import.meta.url));

export const paths = {
  root,
  pkg: join(root, 'pkg'),
  build: join(root, 'build'),
  /** What the benchmark keeps from one run to the next: its bundles, the packages compared with, the rows. */
  bench: join(root, 'build/bench'),
  data: join(root, 'build/bench/data'),
  peers: join(root, 'build/bench/node_modules'),
  /** What collections keep in Node, while it is measured. */
  stored: join(root, 'build/bench/stored'),
  demoData: join(root, 'web/data'),
  nativeSearch: join(root, 'build/native-release/bench_search_native'),
  nativeGraph: join(root, 'build/native-release/bench_graph_native'),
};
