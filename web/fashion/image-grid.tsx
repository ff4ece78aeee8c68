/**
Images in rows, each a link to its neighbors. The grid is one stop of the Tab key; arrow keys go from image to image.

@module
*/
import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { addressOf } from '../navigation.js';
import { neighborKey } from '../page/roving.js';
import { type Drawn, Picture } from './picture.js';

interface ImageGridProps {
  readonly id: string;
  readonly label: string;
  readonly images: Drawn;
  readonly ids: readonly number[];
  /** Where an image leads. Default: to its view. */
  readonly href?: (id: number) => string;
  /** The image that is chosen, which is marked where it is in the grid. */
  readonly chosen?: number;
  /** Which of the images it is. Default: that of its id. */
  readonly rowOf?: (id: number, rank: number) => number;
  /** What is read out in place of a caption. */
  readonly name?: (id: number) => string;
  /** What stands below an image. */
  readonly caption?: (id: number, rank: number) => ComponentChildren;
}

const toItsView = (id: number): string => addressOf('fashion', String(id));

export function ImageGrid(props: ImageGridProps) {
  const { id: gridId, label, images, ids, href = toItsView, rowOf, chosen, name, caption } = props;
  const list = useRef<HTMLUListElement>(null);
  const [focused, setFocused] = useState(0);
  const stop = Math.min(focused, ids.length - 1);

  const onKeyDown = (event: KeyboardEvent): void => {
    const links = [...(list.current?.querySelectorAll('a') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLAnchorElement);
    const next = links[neighborKey(event.key, at, links.length, columnsOf(links)) ?? -1];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  return (
    <ul class="images" id={gridId} ref={list} aria-label={label} onKeyDown={onKeyDown}>
      {ids.map((id, rank) => (
        <li key={id}>
          <a
            href={href(id)}
            tabIndex={rank === stop ? 0 : -1}
            aria-current={id === chosen ? 'true' : undefined}
            onFocus={() => setFocused(rank)}
          >
            <Picture images={images} row={rowOf?.(id, rank) ?? id} />
            <span class={caption ? 'caption' : 'hidden'}>{caption ? caption(id, rank) : name?.(id)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

/** How many stand in the first row: the width decides. */
function columnsOf(links: readonly HTMLElement[]): number {
  const top = links[0]?.offsetTop;
  const next = links.findIndex((link) => link.offsetTop !== top);
  return next < 0 ? links.length : next;
}
