/** What was asked how often, how long it took, and how large the collection is. */
import { useEffect, useState } from 'preact/hooks';
import type { CollectionInfo, MetricsSnapshot } from 'vicinal/worker';
import { Table } from '../benchmark/table.js';
import { bytes, milliseconds, number } from '../format.js';
import { Copyable } from './copyable.js';
import { Kept } from './kept.js';
import type { Linked } from './live-collection.js';
import type { Ready } from './use-asked.js';

/** Answers come in swarms: one look after the last of them is enough. */
const REST_MS = 150;

export function Figures({ ready: { live, collection } }: { readonly ready: Ready }) {
  const [shown, show] = useState<
    { metrics: MetricsSnapshot; info: CollectionInfo; text: string } | undefined
  >();
  const answers = live.answers.value;
  useEffect(() => {
    const running = new AbortController();
    const { signal } = running;
    const look = async (): Promise<void> => {
      const metrics = await collection.metrics({ signal });
      const next = {
        metrics,
        info: await collection.info({ signal }),
        text: await collection.prometheus({ signal }),
      };
      if (signal.aborted) return;
      live.heed(next.info);
      show(next);
    };
    // Where it fails the collection is closed, or what is shown elsewhere failed too.
    const timer = setTimeout(() => look().catch(() => undefined), REST_MS);
    return () => {
      clearTimeout(timer);
      running.abort();
    };
  }, [live, collection, answers]);

  return (
    <section id="figures" aria-labelledby="figures-title">
      <h2 id="figures-title">Figures</h2>
      {shown && (
        <>
          <Gauges
            metrics={shown.metrics}
            info={shown.info}
            linked={live.linked.value}
            openedMs={live.openedMs.value}
          />
          <Kept ready={{ live, collection }} info={shown.info} />
          <Table
            caption="Calls, and how long they took"
            head={['Call', 'Times', 'p50', 'p95']}
            rows={Object.entries(shown.metrics.operations)
              .filter(([name]) => name !== 'info')
              .map(([name, { count, p50, p95 }]) => [
                name,
                number(count),
                milliseconds(1000 * p50),
                milliseconds(1000 * p95),
              ])}
          />
          <details>
            <summary>As Prometheus’ text</summary>
            <Copyable id="prometheus" label="Figures as Prometheus’ text" text={shown.text} />
          </details>
        </>
      )}
    </section>
  );
}

interface GaugesProps {
  readonly metrics: MetricsSnapshot;
  readonly info: CollectionInfo;
  readonly linked: Linked | undefined;
  readonly openedMs: number;
}

function Gauges({ metrics: { counters, gauges }, info, linked, openedMs }: GaugesProps) {
  const asked = counters.cacheHits + counters.cacheMisses;
  const shards = info.shards.map(({ pointsCount }) => number(pointsCount ?? 0)).join(' + ');
  return (
    <dl class="gauges">
      <Gauge name="Points">{info.shards.length > 1 ? shards : number(gauges.points)}</Gauge>
      <Gauge name="Workers">{gauges.workers}</Gauge>
      <Gauge name="Memory">{bytes(gauges.memoryBytes)}</Gauge>
      {linked ? (
        <Gauge name="Linked">
          {linked.part < 1 ? `${Math.floor(100 * linked.part)} %` : `after ${seconds(linked.ms)}`}
        </Gauge>
      ) : (
        <Gauge name="Opened">after {seconds(openedMs)}</Gauge>
      )}
      <Gauge name="From the cache">
        {number(counters.cacheHits)} of {number(asked)}
      </Gauge>
      <Gauge name="Stopped or failed">{number(counters.errors)}</Gauge>
    </dl>
  );
}

/** A whole graph takes some. */
function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)}\u00a0s`;
}

function Gauge({ name, children }: { readonly name: string; readonly children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
