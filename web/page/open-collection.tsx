/** Loads a collection when its view is first shown, and shows the view once it is there. */
import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Collection, Loaded } from '../search/collection.js';
import { Failure } from './failure.js';
import { Progress } from './progress.js';

interface OpenCollectionProps<Items> {
  readonly collection: Collection<Items>;
  readonly children: (loaded: Loaded<Items>) => ComponentChildren;
}

export function OpenCollection<Items>({ collection, children }: OpenCollectionProps<Items>) {
  useEffect(() => collection.open(), [collection]);

  const loaded = collection.loaded.value;
  const error = collection.failure.value;
  if (error !== undefined) return <Failure error={error} onRetry={() => collection.open()} />;
  if (loaded) return <>{children(loaded)}</>;

  return <Loading collection={collection} />;
}

/** How much of its data has come. */
export function Loading<Items>({ collection }: Pick<OpenCollectionProps<Items>, 'collection'>) {
  const { loadedBytes, totalBytes } = collection;
  const come = Math.min(loadedBytes.value, totalBytes);
  return (
    <div class="loading">
      <Progress
        text={`Loading the ${collection.title}…`}
        part={come / totalBytes}
        detail={`${(come / 1e6).toFixed(1)} of ${(totalBytes / 1e6).toFixed(1)} MB`}
      />
    </div>
  );
}
