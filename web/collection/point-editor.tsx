/** Sets a key of a point's payload, or deletes the point. */
import { useState } from 'preact/hooks';
import type { Payload, PointId } from 'vicinal/worker';
import { number } from '../format.js';
import { choose } from '../navigation.js';
import type { Field } from './point-set.js';
import type { Ready } from './use-asked.js';

const LARGEST = number(Number.MAX_SAFE_INTEGER);

interface PointEditorProps {
  readonly ready: Ready;
  readonly id: PointId;
  readonly payload: Payload;
  readonly fields: readonly Field[];
  readonly away: string;
}

export function PointEditor({ ready: { live }, id, payload, fields, away }: PointEditorProps) {
  const [key, setKey] = useState(fields[0]?.key ?? '');
  const [text, setText] = useState<string | undefined>(undefined);
  const [told, tell] = useState('');
  const isNumber = fields.find((field) => field.key === key)?.index === 'integer';
  const value = text ?? String(payload[key] ?? '');

  const make = async (change: Parameters<typeof live.change>[0], done: () => void): Promise<void> => {
    try {
      await live.change(change);
      done();
    } catch (error) {
      tell(error instanceof Error ? error.message : String(error));
    }
  };

  const set = (event: Event): void => {
    event.preventDefault();
    if (isNumber && !Number.isSafeInteger(Number(value))) {
      tell(`${key} is not set: ${value} is not between −${LARGEST} and ${LARGEST}, where integers are exact`);
      return;
    }
    const changed = { [key]: isNumber ? Number(value) : value };
    void make(
      (collection) => collection.setPayload(changed, [id]),
      () => {
        setText(undefined);
        tell(`${key} is set`);
      },
    );
  };

  return (
    <form class="point-editor" onSubmit={set}>
      <label class="field">
        <span>Key</span>
        <select
          id="set-key"
          value={key}
          onChange={({ currentTarget }) => {
            setKey(currentTarget.value);
            setText(undefined);
            tell('');
          }}
        >
          {fields.map(({ key }) => (
            <option key={key} value={key}>
              {key}
            </option>
          ))}
        </select>
      </label>
      <label class="field value">
        <span>Value</span>
        <input
          id="set-value"
          inputMode={isNumber ? 'numeric' : 'text'}
          pattern={isNumber ? '-?[0-9]+' : '.*'}
          required
          autocomplete="off"
          value={value}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <button id="set-payload" type="submit">
        Set
      </button>
      <button
        id="delete-point"
        type="button"
        class="danger"
        onClick={() =>
          void make(
            (collection) => collection.delete([id]),
            () => {
              choose('collection', away);
            },
          )
        }
      >
        Delete the point
      </button>
      <p role="status" class="quiet">
        {told}
      </p>
    </form>
  );
}
