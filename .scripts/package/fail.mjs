/** Ends the packing with a message for whoever ran it. */
export function fail(message) {
  console.error(`package.mjs: ${message}`);
  process.exit(1);
}
