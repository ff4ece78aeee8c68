/**
Which collections this site has created, kept apart from the collections themselves: one that is marked and not there was
deleted by the browser, or by whoever cleared its data.

@module
*/

const prefix = 'vicinal:created:';

/** Marks a collection; whether it was marked already. */
export function markCreated(name: string): boolean {
  return withMarks((marks) => {
    const was = marks.getItem(prefix + name) !== null;
    marks.setItem(prefix + name, '1');
    return was;
  });
}

/** Takes the mark of a collection away. */
export function unmarkCreated(name: string): void {
  withMarks((marks) => {
    marks.removeItem(prefix + name);
    return true;
  });
}

/** Nothing is marked in Node and in workers, where the user forbids it, and where there is no room. */
function withMarks(use: (marks: Storage) => boolean): boolean {
  try {
    return typeof window !== 'undefined' && use(window.localStorage);
  } catch {
    return false;
  }
}
