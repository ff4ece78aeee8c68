/** Tells what failed. Errors of Vicinal carry a code that can be looked up. */

interface FailureProps {
  readonly error: unknown;
  readonly onRetry: () => void;
}

export function Failure({ error, onRetry }: FailureProps) {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
  return (
    <section id="failure" role="alert">
      <h2>This did not work</h2>
      <p id="failure-message">
        {message}
        {code}
      </p>
      <button id="failure-retry" type="button" onClick={onRetry}>
        Try again
      </button>
    </section>
  );
}
