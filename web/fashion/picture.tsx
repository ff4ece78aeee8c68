/** One image of the collection, drawn in ink that the style sheet turns light on dark. */
import { useLayoutEffect, useRef } from 'preact/hooks';
import { IMAGE_SIDE, type Images } from '../fashion.js';

export function Picture({ images, id }: { readonly images: Images; readonly id: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d');
    context?.putImageData(inkOf(images, id), 0, 0);
  }, [images, id]);
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a canvas takes no focus by itself
  return <canvas class="picture" ref={canvas} width={IMAGE_SIDE} height={IMAGE_SIDE} aria-hidden="true" />;
}

/** Black, as opaque as the pixel is bright: the set was made by turning photographs on white into their negatives. */
function inkOf({ pixels, dim }: Images, id: number): ImageData {
  const ink = new ImageData(IMAGE_SIDE, IMAGE_SIDE);
  for (let i = 0; i < dim; i++) ink.data[4 * i + 3] = pixels[id * dim + i] as number;
  return ink;
}
