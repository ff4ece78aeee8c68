// @ts-check

/**
What a gzip file holds.

@param {string} name The file's name, for the error.
@param {ArrayBuffer} bytes The whole file.
@returns {Promise<ArrayBuffer>}
@throws {RangeError} that names the file, where it is cut short or no gzip at all.
*/
export async function gunzip(name, bytes) {
  try {
    const unzipped = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return await new Response(unzipped).arrayBuffer();
  } catch (cause) {
    // Browsers tell little of it: in Chromium it reads as if a request had failed.
    throw new RangeError(`${name} is damaged: its ${bytes.byteLength} bytes are no whole gzip file`, {
      cause,
    });
  }
}
