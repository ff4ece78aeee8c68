/** Where a collection is kept, and what can be done with what is kept. */
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import {
  type CollectionInfo,
  estimateStorage,
  persistStorage,
  type StorageEstimate,
  type Verification,
} from 'vicinal/worker';
import { bytes, counted } from '../format.js';
import { Progress } from '../page/progress.js';
import type { Ready } from './use-asked.js';

interface KeptProps {
  readonly ready: Ready;
  readonly info: CollectionInfo;
}

/** What is being done, and how far it is where that is known. */
interface Doing {
  readonly text: string;
  readonly part?: number;
}

export function Kept({ ready: { live, collection }, info }: KeptProps) {
  const [doing, setDoing] = useState<Doing | undefined>(undefined);
  const [told, tell] = useState<{ readonly text: string; readonly failed?: true }>({ text: '' });
  const [site, setSite] = useState<StorageEstimate | undefined>(undefined);
  const estimate = (): void => void estimateStorage().then(setSite, () => undefined);
  useEffect(estimate, [info.storage.bytes]);
  const isBusy = doing !== undefined;
  const inMemory = info.storage.type === 'memory';

  /** @param work - Returns what is told of its end. */
  const run = async (text: string, work: () => Promise<string>): Promise<void> => {
    if (doing) return;
    setDoing({ text });
    tell({ text: '' });
    try {
      tell({ text: await work() });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
      tell({ text: `${error instanceof Error ? error.message : String(error)}${code}`, failed: true });
    }
    setDoing(undefined);
  };

  const save = async (): Promise<string> => {
    const snapshot = await new Response(collection.snapshot()).blob();
    const file = `${collection.name.replaceAll(/\W+/g, '-')}.tar`;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(snapshot);
    link.download = file;
    link.click();
    // The browser has begun to take it by then.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
    return `${file} is saved, ${bytes(snapshot.size)}`;
  };

  const check = async (): Promise<string> => {
    const text = 'Checking every byte…';
    const found = await collection.verify({
      onProgress: ({ done, total }) => setDoing({ text, part: done / total }),
    });
    return verdictOf(found);
  };

  const persist = async (): Promise<string> => {
    const kept = await persistStorage();
    estimate();
    return kept ? '' : 'The browser did not agree: when it runs short of room it may delete this.';
  };

  return (
    <section id="kept" aria-labelledby="kept-title">
      <h3 id="kept-title">Where it is kept</h3>
      <p id="kept-where">{whereText(info)}</p>
      {info.storage.lost && (
        <p class="quiet">
          It was kept before, and was gone: the browser, or whoever cleared its data, had deleted it.
        </p>
      )}
      {!inMemory && (
        <>
          <p class="actions">
            <Action id="snapshot" isBusy={isBusy} onClick={() => void run('Reading it…', save)}>
              Save as a file
            </Action>
            <label class="file">
              <input
                id="restore"
                type="file"
                accept=".tar"
                aria-disabled={isBusy}
                onClick={(event) => isBusy && event.preventDefault()}
                onChange={({ currentTarget }) => {
                  const file = currentTarget.files?.[0];
                  currentTarget.value = '';
                  if (file) void run('Checking the file…', () => live.restore(file).then(() => ''));
                }}
              />
              <span>Restore a file</span>
            </label>
            <Action id="verify" isBusy={isBusy} onClick={() => void run('Checking every byte…', check)}>
              Check
            </Action>
          </p>
          {doing && <Progress text={doing.text} part={doing.part} />}
          <p id="kept-told" role={told.failed ? 'alert' : 'status'} class={told.failed ? 'failed' : 'quiet'}>
            {told.text}
          </p>
          {site && (
            <p id="kept-site" class="quiet">
              This site keeps {bytes(site.usageBytes)} of the {bytes(site.quotaBytes)} that the browser lets
              it{site.persisted ? ', also when the browser runs short of room.' : '.'}{' '}
              {!site.persisted && (
                <Action
                  id="persist"
                  class="plain"
                  isBusy={isBusy}
                  onClick={() => void run('Asking the browser…', persist)}
                >
                  Ask it to keep this when it runs short of room
                </Action>
              )}
            </p>
          )}
          <details>
            <summary>Forget it</summary>
            <p class="quiet">Everything that was changed is lost, in all tabs. The points come anew.</p>
            <p class="actions">
              <Action id="forget" class="danger" isBusy={isBusy} onClick={() => live.forget()}>
                Forget all changes
              </Action>
            </p>
          </details>
        </>
      )}
    </section>
  );
}

interface ActionProps {
  readonly id: string;
  readonly class?: string;
  readonly isBusy: boolean;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

/** While something is done it does nothing, but keeps the focus. */
function Action({ isBusy, onClick, children, ...button }: ActionProps) {
  return (
    <button type="button" {...button} aria-disabled={isBusy} onClick={() => !isBusy && onClick()}>
      {children}
    </button>
  );
}

const places = { opfs: 'OPFS', indexeddb: 'IndexedDB', file: 'a folder' } as const;

function whereText({ storage, role }: CollectionInfo): string {
  if (storage.type === 'memory') return 'In memory only: it ends with this page.';
  const runs = role === 'follower' ? 'one of them runs it' : 'this one runs it';
  return `Kept in this browser (${places[storage.type]}, ${bytes(storage.bytes)}), shared with other tabs: ${runs}.`;
}

function verdictOf({ ok, bytes: checked, damage }: Verification): string {
  if (ok) return `All ${bytes(checked)} are as they were written.`;
  const where = damage
    .slice(0, 3)
    .map(({ file, shard, offset }) => `${file} of shard ${shard + 1} at ${offset}`);
  return `${counted(damage.length, 'place')} of ${bytes(checked)} are not as they were written: ${where.join(', ')}${damage.length > 3 ? ', …' : '.'}`;
}
