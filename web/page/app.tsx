/** The page: what is the same in every view, around the one that is shown. */
import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ViewName } from '../address.js';
import { BenchmarkView } from '../benchmark/benchmark-view.js';
import { CollectionView } from '../collection/collection-view.js';
import { FashionView } from '../fashion/fashion-view.js';
import { addressOfView, place } from '../navigation.js';
import { PassagesView } from '../passages/passages-view.js';
import { RunsOn } from './runs-on.js';
import { ThemeChoice } from './theme.js';

interface View {
  readonly name: ViewName;
  readonly title: string;
  readonly Content: ComponentType;
}

const views: readonly View[] = [
  { name: 'passages', title: 'Passages', Content: PassagesView },
  { name: 'fashion', title: 'Fashion', Content: FashionView },
  { name: 'collection', title: 'Collection', Content: CollectionView },
  { name: 'benchmark', title: 'Benchmark', Content: BenchmarkView },
];

export function App() {
  const shown = views.find(({ name }) => name === place.value.view) as View;
  useEffect(() => {
    document.title = `${shown.title} · Vicinal`;
  }, [shown]);

  return (
    <>
      <header class="masthead">
        {/* A link would change the address, which names what is chosen. */}
        <button class="skip" type="button" onClick={() => document.getElementById('main')?.focus()}>
          Skip to the content
        </button>
        <div class="brand">
          <Mark />
          <h1>Vicinal</h1>
          <p>Vector search that runs in this tab. Nothing leaves it.</p>
        </div>
        <nav aria-label="Views">
          {views.map(({ name, title }) => (
            <a key={name} href={addressOfView(name)} aria-current={name === shown.name ? 'page' : undefined}>
              {title}
            </a>
          ))}
        </nav>
        <ThemeChoice />
      </header>
      <main id="main" tabIndex={-1}>
        <shown.Content />
      </main>
      <RunsOn />
    </>
  );
}

/** A point and its neighbors. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 17 8 10M16 17l9-6M16 17l-4 8" />
      <circle cx="16" cy="17" r="4.5" />
      <circle class="near" cx="8" cy="10" r="3" />
      <circle class="near" cx="25" cy="11" r="3" />
      <circle class="near" cx="12" cy="25" r="3" />
    </svg>
  );
}
