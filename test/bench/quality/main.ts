/**
 * How good the models are: `npm run bench -- quality [--quick] [--tasks N] [--json FILE] [--model DIR] [--encoder DIR]…
 * [--only PART] [--systems NAMES] [--candidates N] [--journal FILE] [--largest N]`.
 *
 * Each `--encoder` has rows of its own, side by side in one run: `encoder` and `encoderHybrid`, then `encoder2` and so on.
 * What an encoder made of a function is kept in .cache/bench/vectors. Packages of more than `--largest` functions are left out of search.
 * PART is completion, documentation, search or rules. `--quick` takes one task in ten, `--tasks` the first N of each part
 * by their hashes: the same ones each time. NAMES are the completion systems wanted, such as `copying,model`; with
 * `--candidates 1`, no texts are compared for a line. Completions are noted in `--journal`, and not asked again by a run that is
 * given the same file. The tasks are frozen (see freeze.ts); `--freeze` makes them again and must change nothing.
 */
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { EngineError } from '../../../src/ipc/engine/errors';
import { measureCompletion } from './completion';
import { measureDocumentation } from './documentation';
import { openEncoder } from './encoder';
import type { OpenEncoder } from './encoder';
import { groupBy, sum } from './group';
import { Journal } from './journal';
import { Model } from './model';
import { BenchError, readPackages, readSources } from './packages';
import type { Package, Use } from './packages';
import { Report } from './report';
import type { Ranked, Ruled } from './report';
import { ranksByRules } from './ruleRows';
import { encoderRow, ranksOf, searchers, searchersWith, searchSet, views } from './search';
import type { Searcher } from './search';
import { readCompletionTasks, readFunctions, readSentenceTasks } from './tasks';
import type { SentenceTask } from './tasks';
import { wholePackage } from './wholePackage';

const quickShare = 10;

const progress = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      model: { type: 'string', default: path.join('models', 'decoder') },
      encoder: { type: 'string', multiple: true, default: [] },
      only: { type: 'string' },
      tasks: { type: 'string' },
      systems: { type: 'string' },
      journal: { type: 'string' },
      candidates: { type: 'string' },
      largest: { type: 'string' },
      freeze: { type: 'boolean', default: false },
    },
  });
  if (values.freeze) {
    const { freeze } = await import('./freeze');
    await freeze(progress);
    return;
  }
  const wants = (part: Use | 'rules'): boolean => values.only === undefined || values.only === part;
  const report = new Report();
  let printed = 0;
  // Each part as soon as it is there: all of them take most of an hour.
  const print = (): void => {
    const { text } = report;
    process.stdout.write(text.slice(printed));
    printed = text.length;
  };
  const packages = await readPackages();
  const share = values.quick ? quickShare : 1;
  const most = values.tasks === undefined ? Infinity : Number(values.tasks);
  const sentences = sample(await readSentenceTasks(), share, most);
  if (wants('completion')) {
    const tasks = sample(await readCompletionTasks(), share, most);
    const wanted = values.systems?.split(',');
    const journal = values.journal === undefined ? undefined : await Journal.open(values.journal, values.model);
    const candidates = values.candidates === undefined ? undefined : Number(values.candidates);
    const model = await openModel(values.model, report, candidates);
    try {
      const measured = await measureCompletion(packages, tasks, model, { log: progress, wanted, journal });
      report.addCompletion(measured, await defaultThreshold());
    } finally {
      model?.dispose();
    }
  }
  print();
  if (wants('documentation')) {
    const model = await openModel(values.model, report);
    try {
      const { documented, verdicts } = await measureDocumentation(packages, sentences, model, progress);
      report.addDocumentation(documented);
      report.addVerdicts(verdicts);
    } finally {
      model?.dispose();
    }
  }
  print();
  if (wants('search')) {
    const encoders: OpenEncoder[] = [];
    try {
      for (const folder of values.encoder) encoders.push(await openEncoder(folder));
      const systems = Object.assign({}, searchers, ...encoders.map(searchersWith)) as typeof searchers;
      report.addSearch(await measureSearch(packages, sentences, systems, Number(values.largest ?? Infinity)));
    } finally {
      for (const encoder of encoders) encoder.dispose();
    }
    const named = values.encoder.map(
      (folder, index) => `; ${encoderRow(index)} and ${encoderRow(index)}Hybrid are ${folder}`,
    );
    report.say(`static and hybrid are the embedded table of token vectors${named.join('')}.`);
  }
  print();
  if (wants('rules')) report.addRules(await measureRules(packages, sentences));
  print();
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report.numbers, undefined, 2)}\n`);
}

/** One in `share` of the tasks, at most so many: the same ones each time, spread over all sets, since hashes are as good as dice. */
function sample<Task extends { sha256: string }>(tasks: readonly Task[], share: number, most: number): Task[] {
  if (share === 1 && most >= tasks.length) return [...tasks];
  const sorted = [...tasks].sort((a, b) => (a.sha256 < b.sha256 ? -1 : 1));
  return sorted.filter((_, index) => index % share === 0).slice(0, most);
}

async function openModel(folder: string, report: Report, candidates?: number): Promise<Model | undefined> {
  let model: Model | undefined;
  try {
    model = new Model(folder, candidates);
    report.say(`Model: ${await model.load()}`);
    return model;
  } catch (error) {
    model?.dispose();
    if (!(error instanceof BenchError || error instanceof EngineError)) throw error;
    report.say(`No rows of the model: ${error.message}`);
    return undefined;
  }
}

/** From which confidence on the extension shows a suggestion, unless the user says otherwise. */
async function defaultThreshold(): Promise<number> {
  const manifest = JSON.parse(await readFile('package.json', 'utf8')) as {
    contributes: { configuration: { properties: Record<string, { default?: unknown }> } };
  };
  return Number(manifest.contributes.configuration.properties['glassbox.completion.minimumConfidence']?.default ?? 0);
}

async function measureSearch(
  packages: readonly Package[],
  tasks: readonly SentenceTask[],
  systems: Readonly<Record<string, Searcher>>,
  largest: number,
): Promise<Ranked[]> {
  const ranked: Ranked[] = [];
  const byPackage = groupBy(tasks, (task) => task.package);
  for (const pinned of packages) {
    const own = byPackage.get(pinned.name);
    if (!own) continue;
    const functions = await readFunctions(pinned.name);
    if (sum([...functions.values()].map(({ length }) => length)) > largest) continue;
    const files = await readSources(pinned);
    for (const view of views) {
      const set = searchSet(pinned, files, functions, own, view);
      for (const [system, searcher] of Object.entries(systems)) {
        for (const [query, rank] of (await ranksOf(set, searcher)).entries()) {
          ranked.push({ system, view, package: pinned.name, language: pinned.language, query, rank });
        }
      }
    }
    progress(`${pinned.name}: ${own.length} queries`);
  }
  return ranked;
}

async function measureRules(packages: readonly Package[], tasks: readonly SentenceTask[]): Promise<Ruled[]> {
  const ruled: Ruled[] = [];
  const byPackage = groupBy(tasks, (task) => task.package);
  for (const pinned of packages) {
    const own = byPackage.get(pinned.name);
    if (!own) continue;
    const whole = await wholePackage(pinned, await readFunctions(pinned.name), own);
    for (const [system, ranks] of await ranksByRules(whole))
      ranks.forEach((rank, query) => ruled.push({ system, package: pinned.name, query, rank }));
    progress(`${pinned.name}: ${whole.files.length} files, ${own.length} queries`);
  }
  return ruled;
}

main().catch((error: unknown) => {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
