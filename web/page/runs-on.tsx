/** What this page runs on: the browser, the module, the workers, the memory. */
import type { ComponentChildren } from 'preact';
import type { EngineStats, PerformanceMetrics, Variant } from 'vicinal/worker';
import { run } from '../benchmark/benchmark-run.js';
import type { BenchmarkModule } from '../benchmark/measurements.js';
import { bytes, milliseconds, number } from '../format.js';
import { place } from '../navigation.js';
import type { EngineFacts } from '../search/engine-slot.js';
import { hasRelaxedSimd, workerCount, workerStartMs } from '../search/workers.js';
import { browserName } from './browser-name.js';
import { collectionOf } from './collections.js';

const fashionLicence = new URL('../data/LICENSE-fashion-mnist.txt', import.meta.url).href;

const { browser, engine } = browserName(navigator);

export function RunsOn() {
  const collection = collectionOf(place.value);
  const facts = collection.loaded.value?.search.slot.facts.value;
  return (
    <footer>
      <section id="runs-on" aria-labelledby="runs-on-title">
        <h2 id="runs-on-title">What this runs on</h2>
        <dl>
          <Fact name="Browser" more={`its engine: ${engine}`}>
            {browser}
          </Fact>
          <Fact name="Processor" more="as the browser tells it">
            {navigator.hardwareConcurrency} cores
          </Fact>
          <Fact name="Workers" more={took('the last started in', workerStartMs.value)}>
            {workerCount.value}
          </Fact>
          {place.value.view === 'collection' ? undefined : run.module.value ? (
            <BenchmarkFactList module={run.module.value} />
          ) : (
            facts && <EngineFactList facts={facts} downloaded={collection.loadedBytes.value} />
          )}
        </dl>
      </section>
      <p class="credits">
        Text: World English Bible, public domain, without Psalms. Embeddings: bge-large-en-v1.5. Images:
        Fashion-MNIST, © 2017 Zalando SE, <a href={fashionLicence}>MIT licence</a>.
      </p>
    </footer>
  );
}

function BenchmarkFactList({ module: { variant, memory } }: { readonly module: BenchmarkModule }) {
  return (
    <>
      <ModuleFact variant={variant} />
      <ModuleMemoryFact memory={memory} />
    </>
  );
}

function EngineFactList({ facts, downloaded }: { readonly facts: EngineFacts; readonly downloaded: number }) {
  const { stats, module, fillMs } = facts;
  return (
    <>
      <ModuleFact variant={stats.variant} />
      <Fact name="Rows" more={took('added in', fillMs)}>
        {number(stats.size)} × {number(stats.dimension)}
      </Fact>
      <Fact name="Index" more={indexText(stats)}>
        {stats.index}, {stats.metric}
      </Fact>
      <Fact name="Engine memory" more={memoryText(stats)}>
        {bytes(stats.memoryBytes)}
      </Fact>
      <ModuleMemoryFact memory={module} />
      <Fact name="Downloaded" more="when it was first opened">
        {bytes(downloaded)}
      </Fact>
    </>
  );
}

function ModuleFact({ variant }: { readonly variant: Variant }) {
  const relaxed = hasRelaxedSimd.value;
  return (
    <Fact
      name="Module"
      more={relaxed === undefined ? '' : relaxed ? 'relaxed SIMD is there' : 'no relaxed SIMD here'}
    >
      {variant}
    </Fact>
  );
}

function ModuleMemoryFact({ memory }: { readonly memory: PerformanceMetrics }) {
  return (
    <Fact name="Module memory" more={`at most ${bytes(memory.peakMemoryBytes)} so far`}>
      {bytes(memory.memoryBytes)}
    </Fact>
  );
}

interface FactProps {
  readonly name: string;
  readonly more?: string;
  readonly children: ComponentChildren;
}

function Fact({ name, more, children }: FactProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <strong>{children}</strong>
        {more && <span>{more}</span>}
      </dd>
    </div>
  );
}

function took(what: string, ms: number | undefined): string {
  return ms === undefined ? '' : `${what} ${milliseconds(ms)}`;
}

function indexText({ graph }: EngineStats): string {
  if (graph === null) return 'exact, every row compared';
  return `${graph.levels} levels, ${graph.meanDegree.toFixed(1)} edges a row`;
}

function memoryText({ vectorBytes, normBytes, codeBytes, indexBytes, idBytes, graph }: EngineStats): string {
  const ofGraph = graph === null ? '' : `, codes ${bytes(codeBytes)}, graph ${bytes(indexBytes)}`;
  return `vectors ${bytes(vectorBytes)}, norms ${bytes(normBytes)}${ofGraph}, ids ${bytes(idBytes)}`;
}
