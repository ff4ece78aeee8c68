/** The text of the worker file; the bundler makes it of host-entry.ts. */
declare module 'vicinal-worker-source' {
  const workerSource: string;
  export default workerSource;
}
