/** A chart with its title, and its figures as a table. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Bar } from './bar-chart.js';

interface ChartProps {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly axis: string;
  readonly max?: number;
  readonly bars: readonly Bar[];
  readonly table: { readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };
}

export function Chart({ id, title, note, axis, max, bars, table }: ChartProps) {
  const { room, width } = useWidth();
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (width === 0) return;
    let current = true;
    const draw = ({ barChart }: typeof import('./bar-chart.js')): void => {
      if (!current) return;
      setLost(false);
      const description = `${title}: ${bars.map((bar) => `${bar.group}, ${bar.label}`).join('; ')}`;
      const options = { bars, axis, width, description, ...(max !== undefined && { max }) };
      room.current?.replaceChildren(barChart(options));
    };
    void import('./bar-chart.js').then(draw, () => current && setLost(true));
    return () => {
      current = false;
    };
  }, [room, width, bars, axis, max, title]);

  return (
    <figure class="chart" id={id}>
      <figcaption>
        <h3>{title}</h3>
        <p class="note">{note}</p>
      </figcaption>
      <div class={lost ? '' : 'drawing'} ref={room} />
      {lost && <p class="lost">The drawing could not be loaded; here are its figures.</p>}
      <details open={lost}>
        <summary>The figures as a table</summary>
        <table>
          <caption class="hidden">{title}</caption>
          <thead>
            <tr>
              {table.head.map((cell) => (
                <th key={cell} scope="col">
                  {cell}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map(([name, ...cells]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {cells.map((cell, i) => (
                  <td key={table.head[i + 1]}>{cell}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
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
