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
  useEffect(() => {
    if (width === 0) return;
    let current = true;
    void import('./bar-chart.js').then(({ barChart }) => {
      if (!current) return;
      const description = `${title}: ${bars.map((bar) => `${bar.group}, ${bar.label}`).join('; ')}`;
      const options = { bars, axis, width, description, ...(max !== undefined && { max }) };
      room.current?.replaceChildren(barChart(options));
    });
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
      <div class="drawing" ref={room} />
      <details>
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
