/** The view of the images: choose one and see those that are nearest to it, pixel by pixel. */
import type { Images } from '../fashion.js';
import { place } from '../navigation.js';
import { OpenCollection } from '../page/open-collection.js';
import { useShownOnChange } from '../page/use-shown-on-change.js';
import type { Loaded } from '../search/collection.js';
import { Controls, type Search } from '../search/controls.js';
import { Outcome } from '../search/outcome.js';
import { scales, scoreText } from '../search/score.js';
import { searchBy, useAnswer } from '../search/use-answer.js';
import { fashion } from './fashion-collection.js';
import { Gallery } from './gallery.js';
import { ImageGrid } from './image-grid.js';
import { kindOf, kindRows, kindScopes } from './kinds.js';
import { Picture } from './picture.js';

/** A sneaker. */
const OPENING_IMAGE = 6;

const usual: Search = {
  metric: 'euclidean',
  k: 20,
  index: 'exact',
  ef: 64,
  variant: 'automatic',
  among: 'all',
};

const metricNote =
  'An image is its own vector: 28 × 28 grey values. Under dot, bright and wide images win over alike ones.';

export function FashionView() {
  return <OpenCollection collection={fashion}>{(loaded) => <Fashion {...loaded} />}</OpenCollection>;
}

function Fashion({ items: images, search: live }: Loaded<Images>) {
  const { choice, settings } = place.value;
  const chosen = /^\d+$/.test(choice) && Number(choice) < images.count ? Number(choice) : OPENING_IMAGE;
  const asked = searchBy(settings, usual);
  const among = kindScopes.some(({ value }) => value === asked.among) ? asked.among : usual.among;
  const search = { ...asked, among };
  const answer = useAnswer(live, [chosen], search, () => kindRows(images, chosen, among));

  const shown = useShownOnChange(choice);

  const kind = kindOf(images, chosen);
  const hits = answer?.hits ?? [];
  const metric = answer?.question.metric ?? search.metric;
  const alike = hits.filter(({ id }) => kindOf(images, id) === kind).length;
  return (
    <>
      <Controls live={live} search={search} usual={usual} scopes={kindScopes} metricNote={metricNote} />
      <div class="fashion-columns">
        <section
          id="nearest"
          aria-labelledby="chosen-title"
          aria-busy={live.slot.filling.value !== undefined}
        >
          <div class="chosen" ref={shown}>
            <div class="frame">
              <Picture images={images} row={chosen} />
            </div>
            <div>
              <p class="kicker">Chosen image, number {chosen}</p>
              <h2 id="chosen-title" tabIndex={-1}>
                {kind}
              </h2>
              <Outcome search={live} nameOf={(id) => `${kindOf(images, id)}, image ${id}`} />
              {answer && (
                <p id="alike" class="quiet">
                  {alike} of the {hits.length} nearest are of the same kind.
                </p>
              )}
            </div>
          </div>
          <h3>Nearest, best first</h3>
          <ImageGrid
            id="hits"
            label="Nearest images, best first"
            images={images}
            ids={hits.map(({ id }) => id)}
            caption={(id, rank) => {
              const hit = hits[rank];
              return (
                <>
                  <span class={kindOf(images, id) === kind ? 'kind' : 'kind other'}>
                    {kindOf(images, id)}
                  </span>{' '}
                  <span class="score" title={scales[metric].name}>
                    <span class="hidden">{scales[metric].name} </span>
                    {hit && scoreText(metric, hit)}
                  </span>
                </>
              );
            }}
          />
        </section>
        <Gallery images={images} chosen={chosen} />
      </div>
    </>
  );
}
