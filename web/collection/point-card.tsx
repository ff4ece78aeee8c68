/** The chosen point: its payload, and how to change it. */
import type { Payload, PointRecord } from 'vicinal/worker';
import { addressOf } from '../navigation.js';
import { PointEditor } from './point-editor.js';
import type { PointSet } from './point-set.js';
import type { Ready } from './use-asked.js';

/** Characters of a value that others can stand beside. */
const SHORT = 40;

interface PointCardProps<Items> {
  readonly ready: Ready;
  readonly set: PointSet<Items>;
  readonly point: PointRecord;
  /** Where no point is chosen. */
  readonly away: string;
}

export function PointCard<Items>({ ready, set, point, away }: PointCardProps<Items>) {
  const { id } = point;
  const payload = point.payload ?? {};
  const { Portrait } = set;
  return (
    <div class="point-card">
      {Portrait && point.vector instanceof Float32Array && <Portrait vector={point.vector} />}
      <div>
        <div class="heading">
          <p class="kicker">Chosen point, id {id}</p>
          <a id="unchoose" href={addressOf('collection', away)}>
            Choose none
          </a>
        </div>
        <h2 id="point-title" tabIndex={-1}>
          {set.titleOf(payload)}
        </h2>
        <PayloadList payload={payload} />
        <details>
          <summary>Change or delete it</summary>
          <PointEditor key={id} {...{ ready, id, payload, away }} fields={set.fields} />
        </details>
      </div>
    </div>
  );
}

function PayloadList({ payload }: { readonly payload: Payload }) {
  return (
    <dl class="payload" id="payload">
      {Object.entries(payload).map(([key, value]) => (
        <div key={key} class={String(value).length > SHORT ? 'long' : undefined}>
          <dt>{key}</dt>
          <dd>{typeof value === 'string' ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
