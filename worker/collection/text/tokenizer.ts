/**
Texts to words, in every script.

Words are runs of letters and digits by one regular expression, the same in every engine. Only runs of scripts that do
not part their words (Chinese, Japanese, Thai, ...) go through `Intl.Segmenter`, whose dictionaries differ from engine to
engine: where a text is indexed by one and searched by another, some words of these scripts may not be found.

@module
*/

/** Numbers with points or commas inside; else letters and digits, also around an apostrophe. */
const words =
  /\p{N}+(?:[.,]\p{N}+)+|[\p{L}\p{N}][\p{L}\p{M}\p{N}\u200c\u200d]*(?:['’]\p{L}[\p{L}\p{M}\p{N}\u200c\u200d]*)*/gu;

/** Scripts that write their words without anything between them. */
const unparted = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]/u;

/** Without a dictionary: characters one by one, with their marks; Katakana, which writes foreign words, in runs. */
const characters =
  /[\p{sc=Han}\p{sc=Hira}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]\p{M}*|[^\p{sc=Han}\p{sc=Hira}\p{sc=Thai}\p{sc=Laoo}\p{sc=Khmr}\p{sc=Mymr}]+/gu;

/** What is used of `Intl.Segmenter`. */
export type Segmenter = Pick<Intl.Segmenter, 'segment'>;

/** One for all languages, so that a text has the same words whatever language it is said to be in. */
const engineSegmenter: Segmenter | undefined =
  typeof Intl.Segmenter === 'function' ? new Intl.Segmenter('en', { granularity: 'word' }) : undefined;

/**
The words of a text in their order, each in lower case and in Unicode's compatible form (NFKC), so that `ﬁ` is `fi` and
full-width letters are plain ones. Punctuation and symbols are left out.

@param segmenter - Parts what has nothing between its words. Default: the engine's; `null` takes characters one by one.
*/
export function wordsOf(text: string, segmenter: Segmenter | null | undefined = engineSegmenter): string[] {
  // A soft hyphen only tells where a line may end.
  const plain = text.normalize('NFKC').toLowerCase().replaceAll('\u00ad', '');
  const found: string[] = [];
  for (const [run] of plain.matchAll(words)) {
    if (unparted.test(run)) {
      found.push(...parted(run, segmenter));
    } else {
      found.push(run);
    }
  }
  return found;
}

function parted(run: string, segmenter: Segmenter | null | undefined): string[] {
  if (!segmenter) return run.match(characters) ?? [];
  return Array.from(segmenter.segment(run))
    .filter(({ isWordLike }) => isWordLike)
    .map(({ segment }) => segment);
}
