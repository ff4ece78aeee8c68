/**
The index of a term in sparse vectors: a hash, so that no vocabulary is kept, and several shards agree on it. Stored
vectors depend on it: it never changes. It is the one that Qdrant's FastEmbed gives BM25 terms: the absolute value of
MurmurHash3 as a signed number.
Source: Appleby. MurmurHash3, x86 variant of 32 bits, seed 0. Public domain.

@module
*/

const encoder = new TextEncoder();

/** 0 to 2^31. Two of 50,000 terms share an index about once in two collections. */
export function termIndex(term: string): number {
  return Math.abs(murmurHash3(encoder.encode(term)) | 0);
}

/** @returns 0 to 2^32 - 1. */
export function murmurHash3(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const wholeBytes = bytes.length - (bytes.length % 4);
  let hash = 0;
  for (let at = 0; at < wholeBytes; at += 4) {
    hash = rotateLeft(hash ^ mixed(view.getUint32(at, true)), 13);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  let rest = 0;
  for (let at = bytes.length - 1; at >= wholeBytes; at--) rest = (rest << 8) | (bytes[at] as number);
  if (wholeBytes < bytes.length) hash ^= mixed(rest);
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function mixed(word: number): number {
  return Math.imul(rotateLeft(Math.imul(word, 0xcc9e2d51), 15), 0x1b873593);
}

function rotateLeft(word: number, count: number): number {
  return (word << count) | (word >>> (32 - count));
}
