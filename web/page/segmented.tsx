/** A few choices side by side, one of them taken: radio buttons, drawn as one control. */

interface SegmentedProps<Value> {
  /** Tells the group from others on the page. */
  readonly name: string;
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly text: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

export function Segmented<Value extends string | number>(props: SegmentedProps<Value>) {
  const { name, label, options, value, onChange } = props;
  return (
    <fieldset class="segmented" id={name}>
      <legend>{label}</legend>
      <div class="segments">
        {options.map((option) => (
          <label key={option.value}>
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            <span>{option.text}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
