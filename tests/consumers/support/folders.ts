/**
Where the tests of the consumers work.

@module
*/
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

export const folders = {
  root,
  package: `${root}pkg`,
  fixtures: `${root}tests/consumers/fixtures`,
  /** The projects; the tools that they use are installed above them. */
  projects: `${root}build/consumers/projects`,
  /** The same of the frameworks. */
  frameworkProjects: `${root}build/consumers/frameworks/projects`,
};
