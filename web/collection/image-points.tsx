/** The images as points: their kind, and how much ink they take, are what filters go by. */
import { fashion } from '../fashion/fashion-collection.js';
import { ImageGrid } from '../fashion/image-grid.js';
import { kindOf } from '../fashion/kinds.js';
import { Picture } from '../fashion/picture.js';
import type { Images } from '../fashion.js';
import { inkOf } from './ink.js';
import type { Field, PointSet, PointsProps } from './point-set.js';

const kind: Field = { key: 'kind', title: 'Kind', index: 'keyword' };

export const imagePoints: PointSet<Images> = {
  data: fashion,
  metric: 'euclidean',
  fields: [kind, { key: 'ink', title: 'Ink, percent', index: 'integer' }],
  ranked: [],
  // Whole rows of two, three, four and six.
  pageSize: 24,
  groupBy: kind,
  payloadOf: (images, row) => ({ kind: kindOf(images, row), ink: inkOf(images, row) }),
  titleOf: ({ kind }) => String(kind),
  Points: ImagePoints,
  Portrait: ({ items, id }) => (
    <div class="frame">
      <Picture images={items} id={Number(id)} />
    </div>
  ),
};

function ImagePoints({ id, label, items, points, href }: PointsProps<Images>) {
  return (
    <ImageGrid
      id={id}
      label={label}
      images={items}
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
