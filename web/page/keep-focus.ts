/**
Focus must be somewhere: where the element that has it leaves the page, it goes to the first of what is left around it.

@module
*/

/** With headings that can be led to. */
const FOCUSABLE = 'a[href], button, input, select, summary, [tabindex]';

export function keepFocus(): void {
  /** What has the focus, and all that it is in, from the inside out. */
  let path: EventTarget[] = [];
  addEventListener('focusin', (event) => {
    path = event.composedPath();
  });
  addEventListener('focusout', () =>
    // Once it is known whether it was left, or has left the page.
    queueMicrotask(() => {
      if (isNowhere() && isInPage(path[0])) path = [];
    }),
  );
  new MutationObserver(() => {
    if (!isNowhere() || path.length === 0 || isInPage(path[0])) return;
    const around = path.find(isInPage);
    path = [];
    focusIn(around);
  }).observe(document.body, { childList: true, subtree: true });
}

/** Where nothing nearer than a whole view is left, the focus goes to where views are. */
function focusIn(around: Element | undefined): void {
  const main = document.getElementById('main');
  for (let element = around ?? null; element; element = element.parentElement) {
    if (element === main || element.parentElement === main) break;
    for (const candidate of element.querySelectorAll<HTMLElement>(FOCUSABLE)) {
      candidate.focus();
      if (document.activeElement === candidate) return;
    }
  }
  main?.focus();
}

function isNowhere(): boolean {
  return document.activeElement === document.body;
}

function isInPage(target: EventTarget | undefined): target is Element {
  return target instanceof Element && target.isConnected;
}
