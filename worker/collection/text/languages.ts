/**
How the words of each language are stemmed: by Porter's algorithm for English, by Snowball's for the others. Loaded when
it is asked for.

@module
*/
import { invalidArgument } from '../../../bindings/api/errors.js';

/** A language whose words are stemmed; `none` takes them as they are. */
export type Language =
  | 'none'
  | 'danish'
  | 'dutch'
  | 'english'
  | 'finnish'
  | 'french'
  | 'german'
  | 'italian'
  | 'norwegian'
  | 'portuguese'
  | 'russian'
  | 'spanish'
  | 'swedish';

/** Typed here, since users of the package have no declarations of the stemmers. */
const languages: Readonly<
  Record<Exclude<Language, 'none'>, () => Promise<{ readonly stemmer: (word: string) => string }>>
> = {
  danish: () => import('@orama/stemmers/danish'),
  dutch: () => import('@orama/stemmers/dutch'),
  english: () => import('@orama/stemmers/english'),
  finnish: () => import('@orama/stemmers/finnish'),
  french: () => import('@orama/stemmers/french'),
  german: () => import('@orama/stemmers/german'),
  italian: () => import('@orama/stemmers/italian'),
  norwegian: () => import('@orama/stemmers/norwegian'),
  portuguese: () => import('@orama/stemmers/portuguese'),
  russian: () => import('@orama/stemmers/russian'),
  spanish: () => import('@orama/stemmers/spanish'),
  swedish: () => import('@orama/stemmers/swedish'),
};

export const languageNames = ['none', ...Object.keys(languages)] as readonly Language[];

/** Longest word that is stemmed: what is longer is no word of a language. */
const maxStemmedLength = 64;

/** What is written together with the word after it or before it, but is none of its forms. */
const clitics: Partial<Record<Language, RegExp>> = {
  english: /['’]s?$/u,
  french: /^(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’]/u,
  italian: /^(?:[cdlmnstv]|un|gl|all|coll|dall|dell|nell|sull|quest|quell)['’]/u,
};

/**
What makes the stem of a word in lower case.

@throws {VectorSearchError} (as a rejection) with code `INVALID_ARGUMENT`.
*/
export async function loadStemmer(language: Language): Promise<(word: string) => string> {
  if (!languageNames.includes(language))
    throw invalidArgument(`language to be one of ${languageNames.join(', ')}`, language);
  if (language === 'none') return (word) => word;
  const { stemmer } = await languages[language]();
  const clitic = clitics[language];
  return (word) => {
    if (word.length > maxStemmedLength) return word;
    const alone = clitic === undefined ? word : word.replace(clitic, '');
    return stemmer(alone) || word;
  };
}
