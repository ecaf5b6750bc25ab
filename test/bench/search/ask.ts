/** Asks an index in a process of its own, so that its memory can be told: forked by main.ts with what to do as JSON. */
import { distribution } from '../../../src/cli/distribution';
import { Catalogue } from '../../../src/indexer/store/catalogue';
import { vectorModel } from '../../../src/ipc/indexer/embedder';
import { StaticEmbedder } from '../../../src/modelFolder/table/staticTable';
import { nearest } from '../../../src/indexer/ranking/nearest';
import { search } from '../../../src/indexer/ranking/search';
import { lookInto } from '../../../src/indexer/ranking/searched';
import type { QuestionVector } from '../../../src/indexer/vectors/searchedModel';
import { plainKernel } from '../../../src/indexer/vectors/kernel';
import { quantizeAll } from '../../../src/indexer/vectors/quantization';
import { nonsense } from '../../../src/indexer/vectors/relevance';
import { Shelves } from '../../../src/indexer/vectors/shelf';

export interface Asking {
  readonly store: string;
  readonly model: string;
  readonly questions: readonly string[];
}

/** What completion could wait for. Milliseconds. */
const nearestWithin = 30;
/** Vectors of the plain scan: fewer are enough to tell how long one takes. */
const plainRows = 100_000;

export async function ask({ store, model, questions }: Asking): Promise<Record<string, number>> {
  const embedder = await StaticEmbedder.open(model);
  const before = process.memoryUsage().rss;
  const catalogue = Catalogue.openForReading(store);
  const searched = lookInto(catalogue, [{ name: vectorModel(embedder), dimension: embedder.dimension }]);
  const numbers: Record<string, number> = {};
  const vectorOf = async (text: string): Promise<Int8Array> =>
    quantizeAll(await embedder.embed([text]), embedder.dimension);
  const meaningless = await Promise.all(nonsense.map(vectorOf));
  const one = async (input: string, mode: 'lexical' | 'dense' | 'hybrid'): Promise<{ wall: number; cpu: number }> => {
    const [start, used] = [performance.now(), process.cpuUsage()];
    const vectors =
      mode === 'lexical'
        ? new Map<string, QuestionVector>()
        : new Map([[vectorModel(embedder), { vector: await vectorOf(input), nonsense: meaningless }]]);
    search(searched, { input, mode, top: 10, vectors, readChunk: () => undefined });
    const { user, system } = process.cpuUsage(used);
    return { wall: performance.now() - start, cpu: (user + system) / 1000 };
  };
  numbers.firstQueryMs = (await one('open the index', 'hybrid')).wall;
  for (const mode of ['lexical', 'dense', 'hybrid'] as const) {
    const times: { wall: number; cpu: number }[] = [];
    for (const question of questions) times.push(await one(question, mode));
    const wall = distribution(times.map((time) => time.wall));
    numbers[`${mode}.p50Ms`] = wall.p50;
    numbers[`${mode}.p95Ms`] = wall.p95;
    numbers[`${mode}.cpuP95Ms`] = distribution(times.map(({ cpu }) => cpu)).p95;
  }
  const waits: number[] = [];
  let answered = 0;
  for (const question of questions) {
    const start = performance.now();
    const vectors = new Map([[vectorModel(embedder), { vector: await vectorOf(question) }]]);
    if (nearest(searched, vectors, () => '', { top: 2, deadline: start + nearestWithin }).length > 0) answered++;
    waits.push(performance.now() - start);
  }
  numbers['nearest.p95Ms'] = distribution(waits).p95;
  numbers['nearest.answeredShare'] = answered / questions.length;
  numbers.texts = searched.dense.slots.keys.size;
  numbers.memoryMB = process.memoryUsage().rss / 2 ** 20;
  numbers.indexMemoryMB = (process.memoryUsage().rss - before) / 2 ** 20;
  Object.assign(numbers, scans(searched.dense.slots.live, embedder.dimension));
  catalogue.close();
  return numbers;
}

/** The scan alone, by the kernel and by plain JavaScript, over as many vectors. */
function scans(count: number, dimension: number): Record<string, number> {
  const rows = Math.min(count, plainRows);
  const [fast, plain] = [new Shelves(dimension), new Shelves(dimension, plainKernel)];
  const row = new Int8Array(dimension);
  for (let index = 0; index < rows; index++) {
    for (let place = 0; place < dimension; place++) row[place] = ((index * 31 + place * 17) % 255) - 127;
    fast.add(row);
    plain.add(row);
  }
  const time = (shelves: Shelves): number => {
    const times = Array.from({ length: 9 }, () => {
      const start = performance.now();
      shelves.scan(row);
      return performance.now() - start;
    });
    return (distribution(times).p50 * count) / rows;
  };
  return { 'scan.simdMs': time(fast), 'scan.plainMs': time(plain) };
}
