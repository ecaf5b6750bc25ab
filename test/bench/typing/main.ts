/**
 * What typing costs without an editor: `npm run bench -- typing [--quick] [--json FILE]`. Plays what people changed between published
 * versions of packages, key by key, to the extension with and without asking ahead and while the encoder works in the background,
 * and beside it to the engine alone, to the rules of two other extensions, and to the small decoder with the lines behind the cursor in front
 * of its prompts and behind. Each key waits for its answer, so that all but the times are the same on every machine; what is
 * right is taken. `--only ROW`, once for each: some rows alone.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { CursorContext } from '../../../src/features/completion/cursorContext';
import { placeAfter, placeOnNextLine } from '../../../src/features/completion/nextPlaces';
import type { Insertion } from '../../../src/features/completion/replaceRange';
import { decoderFolder, encoderFolder } from '../../../src/host/modelPaths';
import { EngineClient } from '../../../src/ipc/engine/client';
import { cutWindow } from '../../../src/ipc/engine/documentWindow';
import type { Timings } from '../../../src/ipc/engine/protocol';
import { languageOf } from '../../../src/syntax/languages';
import { processorTime } from '../../support/processFigures';
import { Embedding } from './background';
import { AsContinue, AsLlamaVscode, NoCache, Product } from './contenders';
import type { Asking, Contender } from './contenders';
import { readChanges } from './changes';
import { restOf } from './edits';
import type { EditMoment } from './edits';
import { Figures, waits } from './figures';
import { smallDecoder } from './smallDecoder';
import type { Order } from './smallDecoder';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    only: { type: 'string', multiple: true },
  },
});
const root = process.cwd();
/** Nothing was trained or fitted on them; of each, so many keys of the step between its last two versions. */
const packages = values.quick ? ['express'] : ['express', 'axios', 'click', 'requests', 'zod'];
const keysEach = values.quick ? 60 : 50;
/** A row ends behind the change at which it has taken so long: all of them have two minutes, or ten. Milliseconds. */
const mostMsEach = values.quick ? 18_000 : 90_000;
const arrivalMs = 600;
/** For so long the encoder works before anybody types: then it has all threads. Milliseconds. */
const embeddingAloneMs = values.quick ? 10_000 : 20_000;
/** An answer within this is there already. Milliseconds. */
const readyMs = 10;

interface Row {
  readonly name: string;
  readonly isProduct: boolean;
  /** The encoder embeds code meanwhile. */
  readonly embeds?: boolean;
  /** The decoder that is committed, in this order, in place of the embedded one. */
  readonly smallDecoder?: Order;
  make(engine: EngineClient, served: (timings: Timings) => void): Contender;
}

const rows: readonly Row[] = [
  { name: 'plain', isProduct: true, make: (engine, served) => new Product(engine, served, false) },
  { name: 'ahead', isProduct: true, make: (engine, served) => new Product(engine, served, true) },
  {
    name: 'beside_encoder',
    isProduct: true,
    embeds: true,
    make: (engine, served) => new Product(engine, served, false),
  },
  { name: 'no_cache', isProduct: false, make: (engine, served) => new NoCache(engine, served) },
  { name: 'as_llama_vscode', isProduct: false, make: (engine, served) => new AsLlamaVscode(engine, served) },
  { name: 'as_continue', isProduct: false, make: (engine, served) => new AsContinue(engine, served) },
  {
    name: 'small_suffix_first',
    isProduct: true,
    smallDecoder: 'suffix-first-marked',
    make: (engine, served) => new Product(engine, served, false),
  },
  {
    // It was not trained to be asked so: what it costs is told, not how good it is.
    name: 'small_prefix_first',
    isProduct: true,
    smallDecoder: 'prefix-suffix-middle',
    make: (engine, served) => new Product(engine, served, false),
  },
];

/** The engine's processes; only Linux tells. */
function children(): number[] {
  try {
    const tasks = readdirSync(`/proc/${process.pid}/task`);
    return tasks.flatMap((task) =>
      readFileSync(`/proc/${process.pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** Seconds of processor that they have used. */
function processorSeconds(): number {
  const own = children();
  return own.length === 0 ? NaN : own.reduce((sum, child) => sum + processorTime(child), 0) / 1_000;
}

/** Whether what follows a suggestion is there: behind it or, where nothing is shown there, on the next line. */
async function isReady(contender: Contender, cursor: CursorContext, asking: Asking): Promise<boolean> {
  const start = performance.now();
  const behind = await contender.suggest(cursor, asking);
  const next = placeOnNextLine(cursor, languageOf(asking.path));
  if (behind === undefined && next !== undefined) await contender.suggest(next, asking);
  return performance.now() - start <= readyMs;
}

async function measure(row: Row, changes: readonly (readonly EditMoment[])[]): Promise<Record<string, number>> {
  const engine = new EngineClient({ modulePath: join(root, 'dist/engine.js'), threads: () => 0, log: () => undefined });
  const figures = new Figures(row.name !== 'no_cache');
  const small = row.smallDecoder && smallDecoder(root, row.smallDecoder);
  const model = small?.folder ?? decoderFolder('', root);
  const askingIn = (path: string): Asking => ({ model, path, mode: 'line', minimumConfidence: 0.18 });
  let served: Timings | undefined;
  let asked = 0;
  const contender = row.make(engine, (timings) => (served = timings));
  /** What is on the screen: a text, and how long the prefix is that it stands behind. */
  let screen: { readonly at: number; readonly text: string } | undefined;

  /** @returns whether it is right, and whether it was not on the screen already */
  const see = (moment: EditMoment, { text }: Insertion): { isRight: boolean; isNew: boolean } => {
    const at = moment.prefix.length;
    const isRight = restOf(moment)?.startsWith(text) === true;
    const isOld = screen !== undefined && at >= screen.at && screen.text.slice(at - screen.at) === text;
    if (!isOld) {
      figures.shown++;
      if (!isRight) figures.wrong++;
      if (moment.kind === 'delete') figures.deleting++;
    }
    screen = { at, text };
    return { isRight, isNew: !isOld };
  };

  /** The cursor jumps to where a change is made, and rests there for a moment. */
  const arrive = async (first: EditMoment | undefined): Promise<void> => {
    screen = undefined;
    if (first?.arrival)
      contender.rest?.({ document: first.document, ...cutWindow(first.arrival) }, askingIn(first.document));
    if (row.name === 'ahead') await sleep(arrivalMs);
  };

  /** @returns from which length of the prefix on it is typed again, where what is shown was taken */
  const press = async (moment: EditMoment, isNew: boolean): Promise<number | undefined> => {
    const cursor = { document: moment.document, ...cutWindow(moment) };
    const asking = askingIn(moment.document);
    figures.keys++;
    if (moment.pauseMs < contender.delayMs) {
      figures.unasked++;
      return undefined;
    }
    served = undefined;
    const start = performance.now();
    const answer = await contender.suggest(cursor, asking);
    const ms = performance.now() - start + contender.delayMs;
    figures.note(ms, moment.pauseMs, served, { isNew, isShown: answer !== undefined });
    const { isRight = false, isNew: isNewlyShown = false } = answer === undefined ? {} : see(moment, answer);
    if (answer === undefined) screen = undefined;
    // What follows does not depend on whether it is right.
    if (row.name === 'ahead' && answer !== undefined && isNewlyShown) {
      const wait = waits[asked++ % waits.length] ?? 500;
      await sleep(wait);
      figures.ready.get(wait)?.push(await isReady(contender, placeAfter(cursor, answer), asking));
    } else if (row.name === 'ahead' || row.embeds === true) {
      // Only what works meanwhile has a use for the time until the next key.
      await sleep(Math.max(0, moment.pauseMs - ms));
    }
    if (!isRight || answer === undefined) return undefined;
    figures.taken++;
    figures.saved += answer.text.length - 1;
    return moment.prefix.length + answer.text.length;
  };

  try {
    await engine.request('load', { model }, { priority: 'completion' });
    const encoder = row.embeds === true ? encoderFolder('', root) : undefined;
    const texts = changes.flatMap(([first]) => (first ? [first.prefix + first.suffix] : []));
    const startEmbedding = (model: string): Embedding => new Embedding(engine, model, texts);
    let embeddedAlone: number | undefined;
    if (encoder !== undefined) {
      await engine.request('load', { model: encoder }, { priority: 'index' });
      const alone = startEmbedding(encoder);
      await sleep(embeddingAloneMs);
      embeddedAlone = await alone.stop();
    }
    const embedding = encoder === undefined ? undefined : startEmbedding(encoder);
    const before = processorSeconds();
    const end = performance.now() + mostMsEach;
    for (const change of changes) {
      if (performance.now() > end) break;
      let until = 0;
      await arrive(change[0]);
      for (const [at, moment] of change.entries()) {
        if (moment.kind === 'type' && moment.prefix.length < until && at < change.length - 1) continue;
        until = (await press(moment, at === 0)) ?? 0;
      }
    }
    const seconds = processorSeconds() - before;
    const embedded = await embedding?.stop();
    return {
      ...(embedded !== undefined && { embedded_per_s: embedded, embedded_per_s_alone: embeddedAlone ?? NaN }),
      ...figures.numbers(seconds),
      ...(row.name === 'ahead' &&
        Object.fromEntries(
          [...figures.ready].flatMap(([ms, hits]) => [
            [`ready_after_${ms}ms`, hits.filter(Boolean).length / Math.max(1, hits.length)],
            [`ready_after_${ms}ms_of`, hits.length],
          ]),
        )),
    };
  } finally {
    contender.dispose?.();
    engine.dispose();
    small?.dispose();
    for (let waited = 0; waited < 5_000 && children().length > 0; waited += 100) await sleep(100);
  }
}

async function main(): Promise<void> {
  const changes = await readChanges(packages, keysEach);
  const found: Record<string, number> = {};
  for (const row of rows.filter(({ name }) => values.only?.includes(name) ?? true)) {
    process.stderr.write(`${row.name}\n`);
    for (const [key, value] of Object.entries(await measure(row, changes)))
      found[`${row.name}_${key}`] = Math.round(value * 1_000) / 1_000;
  }
  for (const [name, value] of Object.entries(found)) process.stdout.write(`${name}: ${value}\n`);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(found, undefined, 2));
}

void main();
