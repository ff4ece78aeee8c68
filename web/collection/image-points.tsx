/** The images as points: their kind, and how much ink they take, are what filters go by. */

import { useMemo } from 'preact/hooks';
import type { StoredVectors } from 'vicinal/worker';
import { fashion } from '../fashion/fashion-collection.js';
import { ImageGrid } from '../fashion/image-grid.js';
import { kindOf } from '../fashion/kinds.js';
import { type Drawn, Picture } from '../fashion/picture.js';
import { IMAGE_SIDE, type Images } from '../fashion.js';
import { inkOf } from './ink.js';
import type { Field, PointSet, PointsProps } from './point-set.js';

const kind: Field = { key: 'kind', title: 'Kind', index: 'keyword' };

export const imagePoints: PointSet<Images> = {
  data: fashion,
  dim: IMAGE_SIDE ** 2,
  metric: 'euclidean',
  drawn: true,
  fields: [kind, { key: 'ink', title: 'Ink, percent', index: 'integer' }],
  ranked: [],
  // Whole rows of two, three, four and six.
  pageSize: 24,
  groupBy: kind,
  payloadOf: (images, row) => ({ kind: kindOf(images, row), ink: inkOf(images, row) }),
  titleOf: ({ kind }) => String(kind),
  Points: ImagePoints,
  Portrait: ({ vector }) => (
    <div class="frame">
      <Picture images={useMemo(() => drawnBy([vector]), [vector])} row={0} />
    </div>
  ),
};

/** Images of their vectors, one after another. */
function drawnBy(vectors: readonly (StoredVectors | undefined)[]): Drawn {
  const dim = IMAGE_SIDE ** 2;
  const pixels = new Uint8Array(vectors.length * dim);
  vectors.forEach((vector, row) => {
    if (vector instanceof Float32Array)
      pixels.set(
        vector.map((value) => Math.round(255 * value)),
        row * dim,
      );
  });
  return { pixels, dim };
}

function ImagePoints({ id, label, points, href }: PointsProps) {
  const images = useMemo(() => drawnBy(points.map(({ vector }) => vector)), [points]);
  return (
    <ImageGrid
      id={id}
      label={label}
      images={images}
      rowOf={(_, rank) => rank}
      ids={points.map(({ id }) => Number(id))}
      href={href}
      caption={(id, rank) => {
        const point = points[rank];
        return (
          <>
            <span>{point && imagePoints.titleOf(point.payload)}</span>{' '}
            <span class="score" title={point?.score?.name ?? 'id'}>
              <span class="hidden">{point?.score?.name ?? 'point'} </span>
              {point?.score?.text ?? id}
            </span>
          </>
        );
      }}
    />
  );
}
