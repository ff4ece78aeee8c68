/**
How `match.text` sees words.

@module
*/

/** The words of a text, in order, as they are compared. */
export type Tokenize = (text: string) => string[];

const wordPattern = /[\p{L}\p{N}]+/gu;

/** Runs of letters and digits in lower case: the default, as in Qdrant. */
export const words: Tokenize = (text) => text.toLowerCase().match(wordPattern) ?? [];
