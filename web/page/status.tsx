/**
What has come of something: shown at once, and read out once it has rested. So typing is not answered key by key, and a
text that comes again is not read again.

@module
*/
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** Longer than from key to key. */
const REST_MS = 500;

interface StatusProps {
  readonly id?: string;
  readonly class?: string;
  /** What is read out: without figures that differ each time. */
  readonly text: string;
  /** What is shown, where that is not just the text. */
  readonly children?: ComponentChildren;
}

export function Status({ text, children, ...shown }: StatusProps) {
  const [said, say] = useState('');
  useEffect(() => {
    const rest = setTimeout(() => say(text), REST_MS);
    return () => clearTimeout(rest);
  }, [text]);
  return (
    <>
      <div {...shown} aria-hidden={children === undefined}>
        {children ?? text}
      </div>
      <div class="hidden" role="status">
        {said}
      </div>
    </>
  );
}
