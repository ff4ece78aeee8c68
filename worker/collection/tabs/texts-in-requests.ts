/**
Vectors in place of texts, in what is asked: texts are embedded in the tab that asks, by its own model.

@module
*/
import { type Embedding, embedTexts } from '../embed-texts.js';
import type { VectorShapes } from '../vectors.js';
import type { TabMethod } from './protocol.js';

/** The arguments of a read, its texts replaced; a promise only where there are texts. */
export function withoutTexts(
  method: TabMethod,
  args: readonly unknown[],
  shapes: VectorShapes,
  embedding: Embedding,
): readonly unknown[] | Promise<readonly unknown[]> {
  const texts: { readonly text: string; readonly using: string }[] = [];
  const collect: Replace = (text, using) => {
    texts.push({ text, using });
    return text;
  };
  replaceTexts(method, args, shapes, collect);
  if (texts.length === 0) return args;
  const embedded = texts.map(async ({ text, using }) => {
    const [vector] = await embedTexts([text], embedding, shapes, using);
    return vector;
  });
  return Promise.all(embedded).then((vectors) => {
    let place = 0;
    return replaceTexts(method, args, shapes, () => vectors[place++]);
  });
}

type Replace = (text: string, using: string) => unknown;

/** Calls `replace` with each text that a model is to embed, in the same order each time. */
function replaceTexts(
  method: TabMethod,
  args: readonly unknown[],
  shapes: VectorShapes,
  replace: Replace,
): readonly unknown[] {
  const [first, ...rest] = args;
  if (method === 'search') {
    const using = (Object(rest[0]) as { using?: unknown }).using ?? '';
    const isWords = shapes.sparse.get(using as string)?.text !== undefined;
    return typeof first === 'string' && !isWords ? [replace(first, using as string), ...rest] : args;
  }
  return method === 'query' || method === 'queryGroups' ? [inStage(first, shapes, replace), ...rest] : args;
}

/** In a request, or what it prefetches. */
function inStage(stage: unknown, shapes: VectorShapes, replace: Replace): unknown {
  if (typeof stage !== 'object' || stage === null) return stage;
  if (Array.isArray(stage)) return stage.map((each) => inStage(each, shapes, replace));
  const { query, prefetch, using = '' } = stage as { query?: unknown; prefetch?: unknown; using?: unknown };
  const text = isTextQuery(query) && shapes.dense.has(using as string) ? query.text : undefined;
  return {
    ...stage,
    ...(prefetch !== undefined && { prefetch: inStage(prefetch, shapes, replace) }),
    ...(text !== undefined && { query: replace(text, using as string) }),
  };
}

function isTextQuery(query: unknown): query is { readonly text: string } {
  if (typeof query !== 'object' || query === null || Object.keys(query).length !== 1) return false;
  const { text } = query as { text?: unknown };
  return typeof text === 'string' && text !== '';
}
