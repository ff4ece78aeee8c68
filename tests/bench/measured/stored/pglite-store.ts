/**
PGlite with pgvector, in a folder (Node). It runs PostgreSQL with `fsync` off: what it acknowledges was handed to the
system, and not flushed.

@module
*/
import { type Batch, type StoreKind, timeCalls } from './point-store.js';

export const pgliteStore: StoreKind = {
  async open({ name, dim }, { storeFolder }) {
    const [{ PGlite }, { vector }] = await Promise.all([
      import('@electric-sql/pglite'),
      import('@electric-sql/pglite-pgvector'),
    ]);
    const db = await PGlite.create({ dataDir: `${storeFolder}/${name}`, extensions: { vector } });
    await db.exec(`CREATE EXTENSION IF NOT EXISTS vector;
      CREATE TABLE IF NOT EXISTS points (id bigint PRIMARY KEY, vector vector(${dim}) NOT NULL, payload jsonb)`);
    return {
      write: (batches) =>
        timeCalls(
          batches.map((batch) => {
            const columns = columnsOf(batch, dim);
            return () => db.query(UPSERT, columns);
          }),
        ),
      async search(query, k) {
        const { rows } = await db.query<{ id: number }>(SEARCH, [textOf(query), k]);
        return rows.map(({ id }) => id);
      },
      async finish() {
        await db.exec('CREATE INDEX ON points USING hnsw (vector vector_cosine_ops)');
      },
      close: () => db.close(),
    };
  },
  async remove({ name }, { storeFolder }) {
    const { rmSync } = await import('node:fs');
    rmSync(`${storeFolder}/${name}`, { recursive: true });
  },
};

const UPSERT = `INSERT INTO points
  SELECT id, vector::vector, payload::jsonb FROM unnest($1::bigint[], $2::text[], $3::text[]) AS row(id, vector, payload)
  ON CONFLICT (id) DO UPDATE SET vector = excluded.vector, payload = excluded.payload`;
const SEARCH = 'SELECT id FROM points ORDER BY vector <=> $1 LIMIT $2';

/** As PostgreSQL takes them, made before any clock starts. */
function columnsOf({ ids, vectors, payloads }: Batch, dim: number) {
  const texts = ids.map((_, at) => textOf(vectors.subarray(at * dim, (at + 1) * dim)));
  return [ids, texts, payloads.map((payload) => JSON.stringify(payload))];
}

function textOf(vector: Float32Array): string {
  return `[${vector.join(',')}]`;
}
