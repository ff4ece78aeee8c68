/** A chart with its title, and its figures as a table. */
import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Table, type TableProps } from './table.js';

export type Drawings = typeof import('./drawings.js');

interface ChartProps {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  /** Draws it; another function wherever it would be another drawing. */
  readonly draw: (drawings: Drawings, width: number) => Element;
  /** Stands above the drawing. */
  readonly legend?: ComponentChildren;
  readonly table: Omit<TableProps, 'caption'>;
}

export function Chart({ id, title, note, draw, legend, table }: ChartProps) {
  const { room, width } = useWidth();
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (width === 0) return;
    let current = true;
    const show = (drawings: Drawings): void => {
      if (!current) return;
      setLost(false);
      room.current?.replaceChildren(draw(drawings, width));
    };
    void import('./drawings.js').then(show, () => current && setLost(true));
    return () => {
      current = false;
    };
  }, [room, width, draw]);

  return (
    <figure class="chart" id={id}>
      <figcaption>
        <h3>{title}</h3>
        <p class="note">{note}</p>
      </figcaption>
      {!lost && legend}
      <div class={lost ? '' : 'drawing'} ref={room} />
      {lost && <p class="lost">The drawing could not be loaded; here are its figures.</p>}
      <details open={lost}>
        <summary>The figures as a table</summary>
        <Table caption={title} {...table} />
      </details>
    </figure>
  );
}

/** How wide the drawing may be, as the window changes. */
function useWidth() {
  const room = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = room.current;
    if (!element) return;
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { room, width };
}
