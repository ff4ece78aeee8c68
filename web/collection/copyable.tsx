/** Text to be taken elsewhere, with a button that copies it. */
import { useState } from 'preact/hooks';

interface CopyableProps {
  /** Of the text's element. */
  readonly id: string;
  readonly label: string;
  readonly text: string;
}

export function Copyable({ id, label, text }: CopyableProps) {
  /** What became of the copy of this text. */
  const [told, tell] = useState({ text: '', said: '' });
  const copy = (): void => {
    // Browsers have no clipboard for pages that came unencrypted.
    const copying = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('no clipboard'));
    copying.then(
      () => tell({ text, said: 'Copied' }),
      () => {
        const element = document.getElementById(id);
        if (element) getSelection()?.selectAllChildren(element);
        tell({ text, said: 'Selected: copy it by the keyboard' });
      },
    );
  };
  return (
    <div class="copyable">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be in reach of the keyboard */}
      <section aria-label={label} tabIndex={0}>
        <pre id={id}>{text}</pre>
      </section>
      <p>
        <button type="button" class="plain" onClick={copy}>
          Copy
        </button>
        <span role="status" class="quiet">
          {told.text === text && told.said}
        </span>
      </p>
    </div>
  );
}
