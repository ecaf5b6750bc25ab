/**
 * Fits what is copied and how sure that is (src/engine/completion/copying/choice.ts), and says how often it is right, beside the
 * best choice that there was: `npm run bench -- copying --corpus FILE [--packages N] [--model DIR]`.
 *
 * FILE is the corpus of models/training: nothing that quality is measured with is in it. Half of the packages are
 * fitted to, the others are what is said. With a model, says instead from which confidence on copies are better than
 * what the model writes at the same places of packages that it was not trained on: `copiesFrom` of its glassbox.json.
 */
import { parseArgs } from 'node:util';
import { choiceFeatures, choose, situationFeatures } from '../../../src/engine/completion/copying/choice';
import { findCandidates } from '../../../src/engine/completion/copying/copy';
import type { FoundCopies } from '../../../src/engine/completion/copying/copy';
import type { LogitWeights } from '../../../src/common/statistics/logit';
import { maxNeighbours } from '../../../src/ipc/engine/protocol';
import { cutWindow } from '../../../src/ipc/engine/documentWindow';
import { readCorpus } from '../corpus';
import type { Entry } from '../corpus';
import { groupBy } from '../quality/group';
import { nearest } from '../quality/context';
import { completionPool } from '../quality/freeze';
import { scoreCompletion } from '../quality/metrics/completion';
import { Model } from '../quality/model';
import { BenchError } from '../quality/packages';
import type { Language, SourceFile } from '../quality/packages';
import { randomFrom, shuffled } from '../quality/random';
import { cutToTask, situationOf } from '../quality/situations';
import type { Situation } from '../quality/situations';
import { openParser } from '../quality/syntax';
import type { CompletionSet } from '../quality/tasks';
import { fitWeights, weightsText } from './regression';
import { thresholds } from './threshold';
import type { Place } from './threshold';

/** A place where something can be copied, and which of it is right. */
interface Seen {
  readonly package: string;
  readonly set: CompletionSet;
  readonly found: FoundCopies;
  readonly right: readonly number[];
  readonly situation: Situation;
}
interface Chosen {
  readonly right: number;
  readonly confidence: number;
}

const minFiles = 8;
const tasksPerPackage = { line: 60, any: 20, block: 60 } as const;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { corpus: { type: 'string' }, packages: { type: 'string', default: '90' }, model: { type: 'string' } },
  });
  if (values.corpus === undefined)
    throw new BenchError('The corpus is missing: --corpus FILE, as models/training makes it.');
  const random = randomFrom('copying 1');
  const entries = groupBy(
    await readCorpus(values.corpus, values.model === undefined ? undefined : 'validation'),
    ({ package: name, language }) => `${name} ${language}`,
  );
  const large = [...entries].filter(([, files]) => files.length >= minFiles);
  if (values.model !== undefined) {
    const { seen } = await copiesOf(large, random);
    process.stdout.write(`${await beside(values.model, seen)}\n`);
    return;
  }
  const chosen = shuffled(large, random).slice(0, Number(values.packages));
  const { seen, tasks } = await copiesOf(chosen, random);
  const half = new Set(chosen.filter((_, index) => index % 2 === 0).map(([name]) => name));
  const others = seen.filter((one) => !half.has(one.package));
  const weights = fitTo(seen.filter((one) => half.has(one.package)));
  process.stdout.write(
    `${weightsText(fitTo(seen))}\n${table(
      others.map((one) => chosenFrom(one, weights)),
      tasks / 2,
    )}\n`,
  );
  for (const set of ['line', 'any', 'block'] as const)
    process.stdout.write(
      `${set}: ${shareRight(
        others.filter((one) => one.set === set),
        weights,
      )}\n`,
    );
}

const fitTo = (seen: readonly Seen[]): LogitWeights =>
  fitWeights(
    seen.map(({ found: { candidates, situation }, right }) => ({
      features: candidates.map(({ evidence }) => choiceFeatures(evidence, situation)),
      right,
      further: situationFeatures(situation),
    })),
  );

/** @param weights those of the product, where none are given */
function chosenFrom({ found, right }: Seen, weights?: LogitWeights): Chosen {
  const { chosen, confidence } = choose(found.candidates, found.situation, weights)!;
  return { right: right[found.candidates.indexOf(chosen)]!, confidence };
}

/** Every place that is asked about in these packages, and the copies found there. */
async function copiesOf(
  packages: readonly (readonly [name: string, files: readonly Entry[]])[],
  random: () => number,
): Promise<{ seen: Seen[]; tasks: number }> {
  const seen: Seen[] = [];
  const times: number[] = [];
  let tasks = 0;
  for (const [name, files] of packages) {
    const parse = await openParser(files[0]!.language as Language);
    const sources = files.map(({ path, text }): SourceFile => ({ path, text }));
    const workspace = { name, files: new Map(sources.map((file) => [file.path, file])) };
    const pool = completionPool({ name }, sources, parse, random);
    for (const set of ['line', 'any', 'block'] as const) {
      for (const task of pool[set].slice(0, tasksPerPackage[set])) {
        tasks++;
        const situation = situationOf(task, workspace, 'closed');
        const others = nearest(situation, workspace, maxNeighbours);
        const started = performance.now();
        const found = findCandidates({ path: situation.path, ...cutWindow(situation), mode: situation.mode }, others);
        times.push(performance.now() - started);
        const right = found.candidates.map(
          ({ text }) => scoreCompletion(cutToTask(text, situation), situation.answer).exact,
        );
        if (found.candidates.length > 0) seen.push({ package: name, set, found, right, situation });
      }
    }
    process.stderr.write(`${name}: ${seen.length} copies for ${tasks} places\n`);
  }
  times.sort((a, b) => a - b);
  process.stderr.write(
    `to find and compare: median ${times[times.length >> 1]?.toFixed(1)} ms, 95 % within ${times[Math.floor(0.95 * times.length)]?.toFixed(1)} ms\n`,
  );
  return { seen, tasks };
}

/** Of the places where something can be copied, the share where the chosen one is right, the first one, and any of them. */
function shareRight(seen: readonly Seen[], weights: LogitWeights): string {
  const share = (right: (one: Seen) => number): string =>
    percent(seen.reduce((sum, one) => sum + right(one), 0) / seen.length);
  return `${seen.length} places with a copy; exact: chosen ${share((one) => chosenFrom(one, weights).right)}, first ${share(({ right }) => right[0]!)}, any ${share(({ right }) => Math.max(...right))}`;
}

/** What is exact where copies of at least each confidence take the place of what the model writes. */
async function beside(folder: string, seen: readonly Seen[]): Promise<string> {
  const model = new Model(folder);
  try {
    const places: Place[] = [];
    for (const one of seen) {
      const { text } = await model.complete(one.situation, []);
      const { confidence, right } = chosenFrom(one);
      places.push({ confidence, copied: right, written: scoreCompletion(text, one.situation.answer).exact });
    }
    const [best] = thresholds(places).sort((a, b) => b.exact - a.exact);
    return [
      `${places.length} places with a copy; exact, by the confidence from which on it is taken:`,
      ...thresholds(places).map(({ from, exact }) => `${from.toFixed(2)}  ${percent(exact)}`),
      `copiesFrom: ${best!.from.toFixed(2)}`,
    ].join('\n');
  } finally {
    model.dispose();
  }
}

/** How often copies of each confidence are right, and how many of the places have one at least as sure. */
function table(seen: readonly { right: number; confidence: number }[], places: number): string {
  const steps = Array.from({ length: 10 }, (_, at) => at / 10);
  const rows = steps.map((from) => {
    const inside = seen.filter(({ confidence }) => confidence >= from && confidence < from + 0.1);
    const above = seen.filter(({ confidence }) => confidence >= from);
    const mean = (of: readonly { right: number }[]) =>
      of.length === 0 ? 0 : of.reduce((sum, { right }) => sum + right, 0) / of.length;
    return [
      `${from.toFixed(1)}–${(from + 0.1).toFixed(1)}`,
      String(inside.length),
      percent(mean(inside)),
      percent(above.length / places),
      percent(mean(above)),
    ];
  });
  return [['confidence', 'copies', 'exact', 'places with one at least as sure', 'of those exact'], ...rows]
    .map((row) => row.map((cell) => cell.padStart(12)).join(' '))
    .join('\n');
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

main().catch((error: unknown) => {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
