/**
Ranks points by words, by nearness to one of them, or by both.

@module
*/
import type {
  Collection,
  Filter,
  Hits,
  PointId,
  Prefetch,
  QueryRequest,
  ScoredPoint,
  ShardExplanation,
  VectorInput,
} from 'vicinal/worker';
import { scales, scoreText } from '../search/score.js';
import { WORDS } from './live-collection.js';
import type { PointSet, ShownPoint, ShownScore } from './point-set.js';

/** `words`: by BM25; `meaning`: by the vector of a point; `both`: the two lists fused by reciprocal ranks. */
export type Ranking = 'words' | 'meaning' | 'both';

export interface Ranked {
  readonly ranking: Ranking;
  /** The point whose vector is searched with. */
  readonly like: PointId | undefined;
  readonly words: string;
  readonly filter: Filter | undefined;
  /** Whether hits are grouped by the field of the set. */
  readonly grouped: boolean;
}

export interface Group {
  /** The value of the field; nothing where hits are not grouped. */
  readonly title: string | undefined;
  readonly points: readonly ShownPoint[];
}

export interface Found {
  readonly ranking: Ranking;
  readonly groups: readonly Group[];
  /** Of a search by one vector, ungrouped. */
  readonly explanation: readonly ShardExplanation[] | undefined;
  /** From the question to the answer. */
  readonly ms: number;
}

const HITS = 12;
const GROUPS = 6;
const GROUP_HITS = 3;
/** Hits of each list that are fused. */
const FUSED_HITS = 50;

export async function find<Items>(
  collection: Collection,
  set: PointSet<Items>,
  ranked: Ranked,
  signal: AbortSignal,
): Promise<Found> {
  const begin = performance.now();
  const { ranking, like, grouped } = ranked;
  const shown = (hits: readonly ScoredPoint[]) => hits.map((hit) => shownHit(set, ranking, hit, hits));
  if (grouped) {
    const { key } = set.groupBy;
    const request = {
      ...queryOf(ranked),
      groupBy: key,
      groupSize: GROUP_HITS,
      limit: GROUPS,
      withPayload: true,
      withVector: set.drawn,
    };
    const groups = await collection.queryGroups(request, { signal });
    return {
      ranking,
      groups: groups.map(({ id, hits }) => ({ title: String(id), points: shown(hits) })),
      explanation: undefined,
      ms: performance.now() - begin,
    };
  }
  const hits =
    ranking === 'meaning' && like !== undefined
      ? await nearest(collection, set, ranked, signal)
      : await collection.query(
          { ...queryOf(ranked), k: HITS, withPayload: true, withVector: set.drawn },
          { signal },
        );
  return {
    ranking,
    groups: [{ title: undefined, points: shown(hits.filter(({ id }) => id !== like).slice(0, HITS)) }],
    explanation: hits.explanation,
    ms: performance.now() - begin,
  };
}

/** The nearest to a point, itself among them, explained: `query`, which takes an id, does not explain. */
async function nearest<Items>(
  collection: Collection,
  { drawn }: PointSet<Items>,
  { like, filter }: Ranked,
  signal: AbortSignal,
): Promise<Hits> {
  const [point] = await collection.retrieve(like === undefined ? [] : [like], {
    withVector: true,
    withPayload: false,
    signal,
  });
  if (!point) return [];
  return collection.search(point.vector as VectorInput, {
    ...{ k: HITS + 1, explain: true, withPayload: true, withVector: drawn, signal },
    ...(filter && { filter }),
  });
}

function queryOf({ ranking, like, words, filter }: Ranked): QueryRequest {
  const byWords: Prefetch = { query: { text: words }, using: WORDS };
  const byMeaning: Prefetch = { query: like ?? 0 };
  const filtered = filter && { filter };
  if (ranking === 'words') return { ...byWords, ...filtered };
  if (ranking === 'meaning') return { ...byMeaning, ...filtered };
  const prefetch = [byWords, byMeaning].map((part) => ({ ...part, k: FUSED_HITS }));
  return { prefetch, query: { fusion: 'rrf' }, ...filtered };
}

function shownHit<Items>(
  { metric }: PointSet<Items>,
  ranking: Ranking,
  { id, payload, vector, score, distance }: ScoredPoint,
  [best]: readonly ScoredPoint[],
): ShownPoint {
  return { id, payload: payload ?? {}, vector, score: shownScore() };

  function shownScore(): ShownScore {
    if (ranking === 'meaning') {
      // The scales look at these two alone.
      const hit = { id: 0, score, distance };
      const { name, part } = scales[metric];
      const first = { id: 0, score: best?.score ?? score, distance: best?.distance ?? distance };
      return { name, text: scoreText(metric, hit), part: part(hit, first) };
    }
    const name = ranking === 'words' ? 'BM25 score' : 'fused score';
    return { name, text: score.toFixed(3), part: best ? score / best.score : 1 };
  }
}

/** What can be asked now: by whichever of words and a point there is, by both where nothing else is wanted. */
export function rankingOf(
  words: string,
  like: PointId | undefined,
  wanted: Ranking | undefined,
): Ranking | undefined {
  if (words !== '' && like !== undefined) return wanted ?? 'both';
  if (words !== '') return 'words';
  return like === undefined ? undefined : 'meaning';
}
