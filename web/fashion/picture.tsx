/** One image of the collection, drawn in ink that the style sheet turns light on dark. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { IMAGE_SIDE, type Images } from '../fashion.js';

/** What it takes to draw them. */
export type Drawn = Pick<Images, 'pixels' | 'dim'>;

export function Picture({ images, row }: { readonly images: Drawn; readonly row: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    context?.putImageData(inkOf(images, row), 0, 0);
  }, [images, row]);
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas takes no focus by itself
  return <canvas class="picture" ref={canvas} width={IMAGE_SIDE} height={IMAGE_SIDE} aria-hidden="true" />;
}

/** Black, as opaque as the pixel is bright: the set was made by turning photographs on white into their negatives. */
function inkOf({ pixels, dim }: Drawn, row: number): ImageData {
  const ink = new ImageData(IMAGE_SIDE, IMAGE_SIDE);
  for (let i = 0; i < dim; i++) ink.data[4 * i + 3] = pixels[row * dim + i] as number;
  return ink;
}
