/** How far something has come. */
import { useId } from 'preact/hooks';

interface ProgressProps {
  readonly text: string;
  /** How much of it is done, 0 to 1; left out where that is not known. */
  readonly part?: number | undefined;
  /** Figures that change often: shown, not read out. */
  readonly detail?: string;
}

export function Progress({ text, part, detail }: ProgressProps) {
  const id = useId();
  return (
    <div class="progress">
      <p>
        <span id={id} role="status">
          {text}
        </span>
        {detail && <span class="quiet">{detail}</span>}
      </p>
      {/* Without a value it moves by itself. */}
      <progress aria-labelledby={id} {...(part !== undefined && { value: part })} />
    </div>
  );
}
