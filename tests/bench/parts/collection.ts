/**
Collections: filters, filtered and hybrid search beside other packages, filling, what workers cost and what they bring.

@module
*/
import { filtered } from './collection/filtered.js';
import { filters } from './collection/filters.js';
import { hop } from './collection/hop.js';
import { hybrid } from './collection/hybrid.js';
import { shards } from './collection/shards.js';
import { upsert } from './collection/upsert.js';
import type { Session } from './session.js';

const steps: Readonly<Record<string, (session: Session) => Promise<void>>> = {
  filters,
  filtered,
  upsert,
  hop,
  shards,
  hybrid,
};

export async function collection(session: Session): Promise<void> {
  for (const [name, step] of Object.entries(steps)) {
    if (!name.includes(session.only)) continue;
    await step(session);
    await session.report.write();
  }
}
