/**
Collections in storage, through the public API, in a folder (Node) and in the browser's private file system: what is
acknowledged a second, opening, and bytes, over what the same bytes cost by themselves and beside other packages. One Node
is measured, and no WebKit, whose pages here keep nothing.

@module
*/
import type { Session } from './session.js';
import { bytes } from './store/bytes.js';
import { opening } from './store/opening.js';
import { writing } from './store/writing.js';

const steps: Readonly<Record<string, (session: Session) => Promise<void>>> = { writing, opening, bytes };

export async function store(session: Session): Promise<void> {
  const kinds = session.kinds
    .filter(({ peers }) => peers)
    .map((kind) => ({ ...kind, open: () => kind.openOnDisk() }));
  for (const [name, step] of Object.entries(steps)) {
    if (!name.includes(session.only)) continue;
    await step({ ...session, kinds });
    await session.report.write();
  }
}
