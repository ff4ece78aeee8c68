/**
Where labels of dots go, so that they cover neither dots nor one another as far as there is room. Pixels, y downwards.

@module
*/

export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A dot, and the size of its label. */
export interface Labelled {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Sides of a dot that a label may stand on, best first: 1 is right of it or below it, -1 the opposite. */
const SIDES = [
  [1, 0],
  [-1, 0],
  [0, -1],
  [0, 1],
  [1, -1],
  [1, 1],
  [-1, -1],
  [-1, 1],
] as const;

/**
@param obstacles - What labels should not cover.
@param within - What no label may leave.
@param gap - From the middle of a dot to its label.
@returns For each dot the left end and the middle line of its label.
*/
export function placeLabels(
  dots: readonly Labelled[],
  obstacles: readonly Box[],
  within: Box,
  gap: number,
): { readonly x: number; readonly y: number }[] {
  const taken = [...obstacles];
  return dots.map((dot) => {
    const boxes = SIDES.map(([across, down]) => boxBeside(dot, across, down, gap));
    const cost = (box: Box) =>
      taken.reduce((sum, other) => sum + overlap(box, other), 0) + 10 * (area(box) - overlap(box, within));
    const best = boxes.reduce((a, b) => (cost(b) < cost(a) ? b : a));
    taken.push(best);
    return { x: best.left, y: (best.top + best.bottom) / 2 };
  });
}

function boxBeside({ x, y, width, height }: Labelled, across: number, down: number, gap: number): Box {
  const middleX = x + across * (gap + width / 2);
  const middleY = y + down * (across === 0 ? gap + height / 2 : height * 0.7);
  return {
    left: middleX - width / 2,
    right: middleX + width / 2,
    top: middleY - height / 2,
    bottom: middleY + height / 2,
  };
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

function area(box: Box): number {
  return overlap(box, box);
}
