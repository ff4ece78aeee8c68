/** Texts to words, and to terms. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Language, languageNames, loadStemmer } from '../../../worker/collection/text/languages.js';
import { murmurHash3, termIndex } from '../../../worker/collection/text/term-hash.js';
import { TextAnalyzer, type TextOptions } from '../../../worker/collection/text/terms.js';
import { wordsOf } from '../../../worker/collection/text/tokenizer.js';

const seed = 17;
const utf8 = (text: string) => new TextEncoder().encode(text);

/** Words of scripts that part them, with anything between. */
const letters = fc.constantFrom(...'abcxyzäöüßéñçøåжщыґαβγωőğıאבגابج'.split(''));
const plainWord = fc.string({ unit: letters, minLength: 1, maxLength: 8 });
const between = fc.constantFrom(' ', ', ', '\n', ' - ', '! ', '; ', ' (', '« ', '…', '😀 ', '\t');
const plainText = fc
  .array(fc.tuple(plainWord, between))
  .map((parts) => parts.map(([word, gap]) => word + gap).join(''));

describe('words', () => {
  it.each<[string, string[]]>([
    ['The quick (brown) fox.', ['the', 'quick', 'brown', 'fox']],
    ["Don't panic: it’s 3.14, or 1,000!", ["don't", 'panic', 'it’s', '3.14', 'or', '1,000']],
    ["'quoted' words' ends", ['quoted', 'words', 'ends']],
    ['naïve café ÅNGSTRÖM Straße', ['naïve', 'café', 'ångström', 'straße']],
    ['nai\u0308ve cafe\u0301', ['naïve', 'café']],
    ['ﬁne Ｆｕｌｌ ①', ['fine', 'full', '1']],
    ['Быстрая лиса, ёж', ['быстрая', 'лиса', 'ёж']],
    ['Ελληνικός ΛΌΓΟΣ', ['ελληνικός', 'λόγος']],
    ['שלום עולם مرحبا بالعالم', ['שלום', 'עולם', 'مرحبا', 'بالعالم']],
    ['한국어 문장입니다', ['한국어', '문장입니다']],
    ['हिन्दी में वाक्य', ['हिन्दी', 'में', 'वाक्य']],
    ['snake_case foo.bar c++ 😀 a-b', ['snake', 'case', 'foo', 'bar', 'c', 'a', 'b']],
    ['hy\u00adphen', ['hyphen']],
    [' \n…', []],
    ['', []],
  ])('of %j', (text, expected) => {
    expect(wordsOf(text)).toEqual(expected);
    expect(wordsOf(text, null)).toEqual(expected);
  });

  it('of scripts without spaces come from the segmenter', () => {
    // Which words exactly is for each engine's dictionary to say.
    expect(wordsOf('今天是星期一')).toContain('星期一');
    expect(wordsOf('今天是星期一').join('')).toBe('今天是星期一');
    expect(wordsOf('東京タワーへ行く。iPhoneを買う')).toEqual(
      expect.arrayContaining(['行く', 'iphone', '買う']),
    );
    expect(wordsOf('มาทำงาน').length).toBeGreaterThan(1);
  });

  it('of scripts without spaces are characters where an engine has no segmenter', () => {
    expect(wordsOf('今天是', null)).toEqual(['今', '天', '是']);
    expect(wordsOf('東京タワーへ', null)).toEqual(['東', '京', 'タワー', 'へ']);
    expect(wordsOf('ในที่', null)).toEqual(['ใ', 'น', 'ที่']);
  });

  it('of scripts with spaces are those of the segmenter, which is not asked', () => {
    const segmenter = new Intl.Segmenter('en', { granularity: 'word' });
    const never = {
      segment: () => {
        throw new Error('asked');
      },
    };
    fc.assert(
      fc.property(plainText, (text) => {
        const expected = [...segmenter.segment(text.normalize('NFKC').toLowerCase())]
          .filter(({ isWordLike }) => isWordLike)
          .map(({ segment }) => segment);
        expect(wordsOf(text, never)).toEqual(expected);
      }),
      { seed, numRuns: 500 },
    );
  });

  it('of any text are normal, and are their own words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (text) => {
        for (const word of wordsOf(text, null)) {
          expect(word).toMatch(/[\p{L}\p{N}]/u);
          expect(word).not.toMatch(/\s/u);
          expect(wordsOf(word, null).join('')).toBe(word.normalize('NFKC').toLowerCase());
        }
      }),
      { seed, numRuns: 1000 },
    );
  });
});

describe('stems', () => {
  it.each<[Language, string, string]>([
    ['english', 'running runs ran', 'run run ran'],
    ['english', "the dog's dogs’ collar", 'the dog dog collar'],
    ['english', 'relational conditionally', 'relat condition'],
    ['german', 'Häuser Hauses', 'haus haus'],
    ['french', "l'amitié d’amitiés", 'amiti amiti'],
    ['spanish', 'corriendo corrieron', 'corr corr'],
    ['italian', "dell'amico amici", 'amic amic'],
    ['portuguese', 'meninos menino', 'menin menin'],
    ['dutch', 'fietsen fiets', 'fiets fiet'],
    ['swedish', 'flickorna flickor', 'flick flick'],
    ['norwegian', 'havnedistriktene havnedistriktet', 'havnedistrikt havnedistrikt'],
    ['danish', 'undersøgelser undersøgelse', 'undersøg undersøg'],
    ['finnish', 'taloissa talon', 'talo talo'],
    ['russian', 'книгами книга', 'книг книг'],
    ['none', 'Running Häuser', 'running häuser'],
  ])('of %s', async (language, text, expected) => {
    const analyzer = await TextAnalyzer.load({ language });
    expect(analyzer.stems(text).join(' ')).toBe(expected);
  });

  it('are never empty, whatever the word', async () => {
    for (const language of languageNames) {
      const stem = await loadStemmer(language);
      fc.assert(
        fc.property(fc.oneof(plainWord, fc.string({ minLength: 1, maxLength: 100 })), (word) => {
          expect(stem(word)).not.toBe('');
        }),
        { seed, numRuns: 300 },
      );
    }
  });

  it('need a language that is known', async () => {
    for (const language of ['klingon', 'toString']) {
      await expect(TextAnalyzer.load({ language } as unknown as TextOptions)).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
      });
    }
  });
});

describe('terms', () => {
  // By mmh3 5.3.1, a Python package.
  it.each<[string, number, number]>([
    ['', 0, 0],
    ['a', 1009084850, 1009084850],
    ['hello', 613153351, 613153351],
    ['abcd', 1139631978, 1139631978],
    ['abcde', 3902511862, 392455434],
    ['abcdef', 1635893381, 1635893381],
    ['abcdefg', 2285673222, 2009294074],
    ['grüße', 1418952266, 1418952266],
    ['мир', 3059760018, 1235207278],
    ['日本語', 2779017879, 1515949417],
    ['😀', 3199479546, 1095487750],
    ['the quick brown fox', 519850996, 519850996],
  ])('have the index that stored vectors rely on: %j', (term, hash, index) => {
    expect(murmurHash3(utf8(term))).toBe(hash);
    expect(termIndex(term)).toBe(index);
  });

  it('count by ascending index', async () => {
    const analyzer = await TextAnalyzer.load({ language: 'english' });
    for (const text of ['cats and a cat, and dogs', 'and a dog cat and cat']) {
      const { indices, values } = analyzer.terms(text);
      const expected = [
        [termIndex('cat'), 2],
        [termIndex('and'), 2],
        [termIndex('a'), 1],
        [termIndex('dog'), 1],
      ].sort(([a], [b]) => (a as number) - (b as number));
      expect(Array.from(indices, (index, i) => [index, values[i]])).toEqual(expected);
    }
    expect(analyzer.terms('…')).toEqual({ indices: new Uint32Array(0), values: new Float32Array(0) });
  });

  it('are as many as the stems, also for more words than are remembered', async () => {
    const analyzer = await TextAnalyzer.load({ language: 'none' });
    for (let batch = 0; batch < 70; batch++) {
      const words = Array.from({ length: 1000 }, (_, i) => `w${batch * 1000 + i}`);
      const { values } = analyzer.terms(words.join(' '));
      expect(values.reduce((sum, value) => sum + value, 0)).toBe(1000);
    }
    expect(analyzer.terms('w0 w1 w0').values.sort()).toEqual(new Float32Array([1, 2]));
  });
});
