/** The view of a collection: points with payloads, filtered and searched, and what that takes. */
import { useEffect, useMemo } from 'preact/hooks';
import { VectorSearchError } from 'vicinal/worker';
import { shardChoices } from '../address.js';
import { number } from '../format.js';
import { change, choose, place } from '../navigation.js';
import { type CollectionName, collectionNameOf } from '../page/collections.js';
import { Failure } from '../page/failure.js';
import { Loading } from '../page/open-collection.js';
import { Progress } from '../page/progress.js';
import { Segmented } from '../page/segmented.js';
import { imagePoints } from './image-points.js';
import { LiveCollection } from './live-collection.js';
import { passagePoints } from './passage-points.js';
import type { PointSet } from './point-set.js';
import { Workbench } from './workbench.js';

const sets = { passages: passagePoints, fashion: imagePoints } as unknown as Readonly<
  Record<CollectionName, PointSet<unknown>>
>;

const ONE_SHARD = shardChoices[0];

export function CollectionView() {
  const name = collectionNameOf(place.value);
  const { shards = ONE_SHARD } = place.value.settings;
  const set = sets[name];
  return (
    <div class="collection">
      <section class="controls" aria-label="The collection">
        <Segmented
          name="set"
          label="Points"
          options={Object.entries(sets).map(([value, { data }]) => ({ value, text: data.title }))}
          value={name as string}
          onChange={(value) => choose('collection', value)}
        />
        <Segmented
          name="shards"
          label="Shards, a worker each"
          options={shardChoices.map((value) => ({ value, text: String(value) }))}
          value={shards}
          onChange={(count) => change({ shards: count === ONE_SHARD ? undefined : count })}
        />
        <p class="note">
          A point is a vector with a payload. Filter by payloads; choose a point to find those nearest to it
          among what is left.
        </p>
      </section>
      <Opened key={`${name} ${shards}`} {...{ name, set, shards }} />
    </div>
  );
}

interface OpenedProps {
  readonly name: CollectionName;
  readonly set: PointSet<unknown>;
  readonly shards: number;
}

function Opened({ name, set, shards }: OpenedProps) {
  const live = useMemo(() => new LiveCollection(set, shards), [set, shards]);
  useEffect(() => {
    live.open();
    return () => live.close();
  }, [live]);

  const state = live.state.value;
  switch (state.name) {
    case 'failed':
      return (
        <>
          <Failure error={state.error} onRetry={() => live.open()} />
          {isAboutWhatIsKept(state.error) && (
            <p class="more">
              <button id="failure-forget" type="button" onClick={() => live.forget()}>
                Forget what is kept, and load it anew
              </button>
            </p>
          )}
        </>
      );
    case 'ready':
      return <Workbench ready={{ live, collection: state.collection }} {...{ set, name }} />;
    case 'loading':
      return <Loading collection={set.data} />;
    case 'filling':
      return (
        <div class="loading">
          <Progress
            text="Taking the points…"
            part={state.part}
            detail={`${number(state.part * state.count)} of ${number(state.count)}`}
          />
        </div>
      );
    default:
      return (
        <div class="loading">
          <Progress text={state.name === 'waiting' ? 'Another tab prepares it…' : 'Starting the workers…'} />
        </div>
      );
  }
}

/** Whether it may help to forget it. */
function isAboutWhatIsKept(error: unknown): boolean {
  const codes = ['CORRUPT_DATA', 'INVALID_ARGUMENT', 'UNSUPPORTED_VERSION'];
  return error instanceof VectorSearchError && codes.includes(error.code);
}
