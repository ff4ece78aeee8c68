/** Images to choose from: some of the collection at a time, of all kinds or of one. */
import { useMemo, useState } from 'preact/hooks';
import { type Images, kinds } from '../fashion.js';
import { number } from '../format.js';
import { Segmented } from '../page/segmented.js';
import { ImageGrid } from './image-grid.js';
import { kindOf } from './kinds.js';

/** Fills rows of six and of seven. */
const SHOWN = 42;

interface GalleryProps {
  readonly images: Images;
  readonly chosen: number;
}

const kindOptions = [
  { value: -1, text: 'All' },
  ...kinds.map((kind, label) => ({ value: label, text: kind as string })),
];

export function Gallery({ images, chosen }: GalleryProps) {
  const [kind, setKind] = useState(-1);
  const [page, setPage] = useState(0);
  const matching = useMemo(() => ofKind(images, kind), [images, kind]);
  const first = (page * SHOWN) % matching.length;
  const shown = matching.slice(first, first + SHOWN);
  return (
    <section id="gallery" aria-labelledby="gallery-title">
      <h2 id="gallery-title">Choose an image</h2>
      <Segmented
        name="gallery-kind"
        label="Kind"
        options={kindOptions}
        value={kind}
        onChange={(next) => {
          setKind(next);
          setPage(0);
        }}
      />
      <ImageGrid
        id="gallery-images"
        label="Images to choose from"
        images={images}
        ids={shown}
        chosen={chosen}
        name={(id) => `${kindOf(images, id)}, image ${id}`}
      />
      <div class="more">
        <p class="quiet">
          {number(first + 1)} to {number(first + shown.length)} of {number(matching.length)}
        </p>
        <button type="button" id="gallery-more" onClick={() => setPage(page + 1)}>
          Show others
        </button>
      </div>
    </section>
  );
}

/** Ids of the images of a kind; of all of them where it is -1. The collection comes shuffled. */
function ofKind({ labels }: Images, kind: number): number[] {
  return [...labels.keys()].filter((id) => kind < 0 || labels[id] === kind);
}
