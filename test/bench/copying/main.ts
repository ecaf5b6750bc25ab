/**
 * Fits the confidence of copied texts (src/engine/copying/confidence.ts) and says how well it tells right from wrong:
 * `npm run bench -- copying --corpus FILE [--packages N]`.
 *
 * FILE is the corpus of models/training: nothing that quality is measured with is in it. Half of the packages are
 * fitted to, the others are what is said.
 */
import { createReadStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { findEvidence, type Evidence } from '../../../src/engine/copying/copy';
import { featuresOf, probability } from '../../../src/engine/copying/confidence';
import { cutWindow } from '../../../src/engine/prompt/window';
import { groupBy } from '../quality/group';
import { nearest } from '../quality/context';
import { completionPool } from '../quality/freeze';
import { scoreCompletion } from '../quality/metrics/completion';
import { BenchError, type Language, type SourceFile } from '../quality/packages';
import { randomFrom, shuffled } from '../quality/random';
import { cutToTask, situationOf } from '../quality/situations';
import { openParser } from '../quality/syntax';
import { fit } from './regression';

interface Entry {
  readonly package: string;
  readonly path: string;
  readonly language: string;
  readonly text: string;
}
interface Seen {
  readonly package: string;
  readonly evidence: Evidence;
  readonly right: number;
}

const languages: readonly string[] = ['typescript', 'javascript', 'python'] satisfies Language[];
const fewestFiles = 8;
const tasksPerPackage = { line: 60, any: 20, block: 20 } as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { corpus: { type: 'string' }, packages: { type: 'string', default: '60' } } });
  if (values.corpus === undefined) throw new BenchError('The corpus is missing: --corpus FILE, as models/training makes it.');
  const random = randomFrom('copying 1');
  const entries = groupBy(await readEntries(values.corpus), ({ package: name, language }) => `${name} ${language}`);
  const chosen = shuffled([...entries].filter(([, files]) => files.length >= fewestFiles), random).slice(0, Number(values.packages));
  const seen: Seen[] = [];
  let tasks = 0;
  for (const [name, files] of chosen) {
    const parse = await openParser(files[0]!.language as Language);
    const sources = files.map(({ path, text }): SourceFile => ({ path, text }));
    const workspace = { name, files: new Map(sources.map((file) => [file.path, file])) };
    const pool = completionPool({ name }, sources, parse, random);
    for (const set of ['line', 'any', 'block'] as const) {
      for (const task of pool[set].slice(0, tasksPerPackage[set])) {
        tasks++;
        const situation = situationOf(task, workspace, 'closed');
        const others = nearest(situation, workspace);
        const found = findEvidence({ path: situation.path, ...cutWindow(situation), mode: situation.mode }, others);
        if (found) seen.push({ package: name, evidence: found.evidence, right: scoreCompletion(cutToTask(found.text, situation), situation.answer).exact });
      }
    }
    process.stderr.write(`${name}: ${seen.length} copies for ${tasks} places\n`);
  }
  const half = new Set(chosen.filter((_, index) => index % 2 === 0).map(([name]) => name));
  const weights = fit(seen.filter((one) => half.has(one.package)).map(({ evidence, right }) => ({ features: featuresOf(evidence), right })));
  const others = seen.filter((one) => !half.has(one.package)).map(({ evidence, right }) => ({ right, confidence: probability(featuresOf(evidence), weights) }));
  process.stdout.write(`weights: [${fit(seen.map(({ evidence, right }) => ({ features: featuresOf(evidence), right }))).map((weight) => weight.toFixed(3)).join(', ')}]\n`);
  process.stdout.write(`${table(others, tasks / 2)}\n`);
}

async function readEntries(corpus: string): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const line of linesOf(corpus)) {
    const entry = JSON.parse(line) as Entry;
    if (languages.includes(entry.language)) entries.push({ package: entry.package, path: entry.path, language: entry.language, text: entry.text });
  }
  return entries;
}

/** Node's own reader of lines takes separators inside strings for their ends. */
async function* linesOf(file: string): AsyncGenerator<string> {
  let left = '';
  for await (const chunk of createReadStream(file, 'utf8')) {
    const lines = (left + String(chunk)).split('\n');
    left = lines.pop() ?? '';
    yield* lines;
  }
}

/** How often copies of each confidence are right, and how many of the places have one at least as sure. */
function table(seen: readonly { right: number; confidence: number }[], places: number): string {
  const steps = Array.from({ length: 10 }, (_, at) => at / 10);
  const rows = steps.map((from) => {
    const inside = seen.filter(({ confidence }) => confidence >= from && confidence < from + 0.1);
    const above = seen.filter(({ confidence }) => confidence >= from);
    const mean = (of: readonly { right: number }[]) => (of.length === 0 ? 0 : of.reduce((sum, { right }) => sum + right, 0) / of.length);
    return [`${from.toFixed(1)}–${(from + 0.1).toFixed(1)}`, String(inside.length), percent(mean(inside)), percent(above.length / places), percent(mean(above))];
  });
  return [['confidence', 'copies', 'exact', 'places with one at least as sure', 'of those exact'], ...rows].map((row) => row.map((cell) => cell.padStart(12)).join(' ')).join('\n');
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

main().catch((error: unknown) => {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
