/**
 * Two tiers of vectors: an encoder's take the place of the table's, in a process that goes on asking meanwhile, and in one
 * that is started when all is done.
 */
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { distribution } from '../../../src/cli/distribution';
import { StaticEmbedder } from '../../../src/modelFolder/table/staticTable';
import { Catalogue } from '../../../src/indexer/store/catalogue';
import { EngineClient } from '../../../src/ipc/engine/client';
import { vectorModel } from '../../../src/ipc/indexer/embedder';
import { keySize } from '../../../src/indexer/chunks/embeddedText';
import { indexEnvironment, indexNodeArgs } from '../../../src/ipc/indexer/client';
import { compareWords, search } from '../../../src/indexer/ranking/search';
import { lookInto } from '../../../src/indexer/ranking/searched';
import { Slots } from '../../../src/indexer/store/slots';
import { readBlock, tidyBlocks, writeBlock } from '../../../src/indexer/vectors/blocks';
import { DenseIndex } from '../../../src/indexer/vectors/denseIndex';
import type { QuestionVector, SearchedModel } from '../../../src/indexer/vectors/searchedModel';
import { quantizeAll } from '../../../src/indexer/vectors/quantization';
import { sweep } from '../../../src/indexer/vectors/sweep';
import { createRandom } from '../../support/random';
import { openEncoder } from './encoder';

/** As an encoder of the usual size has them; what its vectors say is nothing to time or memory. */
const encoder: SearchedModel = { name: 'encoder/384/int8', dimension: 384 };
/** Vectors of a commit, as they come from an encoder within some seconds, only more. */
const atOnce = 16_384;
const megabyte = 2 ** 20;

export interface AskingTiers {
  readonly store: string;
  readonly model: string;
  readonly questions: readonly string[];
  /** Absolute path of the folder of an encoder: then a question's time has its own encoding in it, by the engine. */
  readonly encoder?: string | undefined;
}

/** What is measured, by the share of texts that the encoder has embedded, in hundredths; `opened`: by a process of its own. */
export async function measureTiers(asking: AskingTiers): Promise<Record<string, number>> {
  const fast = await StaticEmbedder.open(asking.model);
  const { catalogue } = Catalogue.openForWriting(asking.store);
  const dense = new DenseIndex(
    catalogue,
    new Slots(catalogue),
    [encoder, { name: vectorModel(fast), dimension: fast.dimension }],
    { hold: 'known' },
  );
  const numbers: Record<string, number> = {};
  const asker = new Asker(asking);
  try {
    Object.assign(numbers, named('0', await asker.ask()));
    const texts = textsOf(catalogue, vectorModel(fast));
    for (const [from, to] of [
      [0, 0.25],
      [0.25, 0.5],
      [0.5, 0.75],
      [0.75, 1],
    ] as const) {
      embedSome(catalogue, texts, from, to);
      sweep(catalogue, dense);
      catalogue.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      Object.assign(numbers, named(String(to * 100), await asker.ask()));
      if (to !== 0.5 && to !== 1) continue;
      const other = new Asker(asking);
      Object.assign(numbers, named(`${to * 100}.opened`, await other.ask()));
      await other.end();
    }
  } finally {
    await asker.end();
    catalogue.close();
  }
  return numbers;
}

function named(name: string, numbers: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).map(([key, value]) => [`tiers.${name}.${key}`, value]));
}

/** The keys of all texts that a model has embedded, one behind the other. */
function textsOf(catalogue: Catalogue, model: string): Uint8Array {
  const blocks = catalogue.all<{ id: number }>('SELECT id FROM blocks WHERE model = ? ORDER BY id', model);
  return Buffer.concat(blocks.map(({ id }) => readBlock(catalogue, id)?.keys ?? new Uint8Array()));
}

/** Gives a share of all texts a vector of the encoder. */
function embedSome(catalogue: Catalogue, texts: Uint8Array, from: number, to: number): void {
  const random = createRandom(5);
  const count = texts.length / keySize;
  for (let start = Math.round(count * from); start < Math.round(count * to); start += atOnce) {
    const end = Math.min(start + atOnce, Math.round(count * to));
    const data = new Uint8Array((end - start) * encoder.dimension);
    for (let index = 0; index < data.length; index++) data[index] = Math.floor(random() * 255) - 127;
    catalogue.transaction(() => {
      writeBlock(catalogue, { model: encoder.name, keys: texts.slice(start * keySize, end * keySize), data });
      tidyBlocks(catalogue);
    });
  }
}

/** A process that asks when it is told to. */
class Asker {
  readonly #child: ChildProcess;

  constructor(asking: AskingTiers) {
    this.#child = fork(__filename, {
      execArgv: [...indexNodeArgs],
      env: { ...process.env, ...indexEnvironment, GLASSBOX_BENCH_TIERS: JSON.stringify(asking) },
    });
  }

  async ask(): Promise<Record<string, number>> {
    this.#child.send('ask');
    const [numbers] = (await Promise.race([
      once(this.#child, 'message'),
      once(this.#child, 'exit').then(() => Promise.reject(new Error('The asking process has ended.'))),
    ])) as [Record<string, number>];
    return numbers;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    this.#child.disconnect();
    await once(this.#child, 'exit');
  }
}

/** Encodes questions as the engine does it. */
async function questionEncoder(folder: string): Promise<(text: string) => Promise<Int8Array>> {
  const engine = new EngineClient({
    modulePath: path.resolve('dist/engine.js'),
    threads: () => 0,
    log: () => undefined,
  });
  const { facts, embed } = await openEncoder(engine, folder);
  if (facts.dimension !== encoder.dimension)
    throw new Error(`${folder} has vectors of ${facts.dimension} numbers, not of ${encoder.dimension}.`);
  process.on('disconnect', () => engine.dispose());
  // In the editor, code has been embedded before: that opens what short texts run in.
  await embed(['code'], 'document', new AbortController().signal);
  return async (text) => quantizeAll(await embed([text], 'query', new AbortController().signal), facts.dimension);
}

/** The other side: an index that is read, and all that its writer keeps in memory. */
export async function answerTiers({ store, model, questions, encoder: folder }: AskingTiers): Promise<void> {
  const encode = folder === undefined ? undefined : await questionEncoder(folder);
  const fast = await StaticEmbedder.open(model);
  const models = [encoder, { name: vectorModel(fast), dimension: fast.dimension }];
  const searched = lookInto(Catalogue.openForReading(store), models);
  const catalogue = Catalogue.openForReading(store);
  const writer = new DenseIndex(catalogue, new Slots(catalogue), models, { hold: 'known' });
  const random = createRandom(9);
  process.on('message', () => void ask().then((numbers) => process.send?.(numbers)));

  async function ask(): Promise<Record<string, number>> {
    const start = performance.now();
    await one(questions[0]!);
    const firstMs = performance.now() - start;
    catalogue.snapshot(() => writer.refresh());
    const times: number[] = [];
    for (const question of questions) {
      const asked = performance.now();
      await one(question);
      times.push(performance.now() - asked);
    }
    const { p50, p95 } = distribution(times);
    return {
      firstMs,
      p50Ms: p50,
      p95Ms: p95,
      memoryMB: process.memoryUsage().rss / megabyte,
      mostMemoryMB: process.resourceUsage().maxRSS / 1024,
    };
  }

  async function one(input: string): Promise<void> {
    const vector = quantizeAll(await fast.embed([input]), fast.dimension);
    const encoding =
      encode?.(input) ?? Int8Array.from({ length: encoder.dimension }, () => Math.floor(random() * 255) - 127);
    // As `SearchIndex` does it.
    compareWords(searched, input);
    const encoded = await encoding;
    const vectors = new Map<string, QuestionVector>([
      [vectorModel(fast), { vector }],
      [encoder.name, { vector: encoded }],
    ]);
    search(searched, { input, mode: 'hybrid', top: 10, vectors, readChunk: () => undefined });
  }
}
