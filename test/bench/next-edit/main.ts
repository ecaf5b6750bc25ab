/**
 * How often the next edit is foreseen: `npm run bench -- next-edit [--quick] [--json FILE] [--fit]`. Consecutive published
 * versions of packages are played as edits (`replay.ts`); beside what is proposed stand replacing all of the changed words, and
 * TypeScript's own rename, and the uses of renamed definitions that the extension asks it for. `--fit` fits the weights instead, to other packages than those that are reported on. With `--judge FILE [--seconds N]`, a decoder judges, too (`judging.ts`).
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { sureConfidence } from '../../../src/nearby/edits/nextEdits';
import { BenchError } from '../quality/packages';
import { Glassbox, ReplaceAll } from './contenders';
import type { Contender } from './contenders';
import { Fit } from './fit';
import { Judge } from './judge';
import { fitJudged, playJudged } from './judging';
import { readVersions, stepsOf } from './packages';
import { LanguageServerRename, UsesOfDefinition } from './rename';
import { emptyTally, replay } from './replay';
import type { Tally } from './replay';

/** What `--quick` takes of all packages. */
const quickShare = 6;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      fit: { type: 'boolean', default: false },
      judge: { type: 'string' },
      seconds: { type: 'string', default: 'Infinity' },
    },
  });
  if (values.judge !== undefined) {
    const judge = new Judge(values.judge);
    const seconds = Number(values.seconds);
    if (values.fit) process.stdout.write(`${await fitJudged(judge, seconds)}\n`);
    else await report(judge, seconds, values.json);
    await judge.dispose();
    return;
  }
  const all = await readVersions(values.fit ? 'fit' : 'report');
  const packages = all.filter((_, index) => !values.quick || index % quickShare === 0);
  if (values.fit) {
    const fit = new Fit();
    for (const one of packages) {
      for (const step of await stepsOf(one)) await fit.add(step);
      process.stderr.write(`${one.name}\n`);
    }
    process.stdout.write(`${fit.text()}\n`);
    return;
  }
  const own = new Glassbox();
  const contenders: Readonly<Record<string, Contender>> = {
    glassbox: own,
    glassboxSure: new Glassbox(sureConfidence),
    replaceAll: new ReplaceAll(),
    languageServerRename: new LanguageServerRename(),
    usesOfDefinition: new UsesOfDefinition(),
  };
  const tallies = new Map<string, Tally>();
  for (const one of packages) {
    for (const step of await stepsOf(one)) {
      for (const [name, contender] of Object.entries(contenders)) {
        const view = one.registry === 'npm' ? 'script' : 'python';
        const tally = tallies.get(`${name} ${view}`) ?? emptyTally();
        tallies.set(`${name} ${view}`, tally);
        await replay(step, contender, tally);
      }
    }
    process.stderr.write(`${one.name}\n`);
  }
  const numbers: Record<string, number> = {};
  for (const name of Object.keys(contenders)) {
    const views = ['script', 'python'].flatMap((view) => tallies.get(`${name} ${view}`) ?? []);
    write(numbers, name, sum(views));
    for (const view of ['script', 'python']) write(numbers, `${name} ${view}`, tallies.get(`${name} ${view}`));
  }
  for (const [name, times] of Object.entries(own.times)) {
    const sorted = times.toSorted((a, b) => a - b);
    numbers[`${name}.searches`] = sorted.length;
    numbers[`${name}.medianMs`] = sorted[Math.floor(sorted.length / 2)] ?? 0;
    numbers[`${name}.p95Ms`] = sorted[Math.floor(sorted.length * 0.95)] ?? 0;
  }
  await say(numbers, values.json);
}

/** As the editor shows by either setting, without the model that judges and with it. */
async function report(judge: Judge, seconds: number, json: string | undefined): Promise<void> {
  const { tallies, left } = await playJudged(judge, seconds);
  if (left > 0) process.stdout.write(`${left} packages are left: run it again.\n`);
  const numbers: Record<string, number> = {};
  for (const [name, tally] of tallies) write(numbers, name, tally);
  const { times } = judge;
  numbers['judge.places'] = times.length;
  numbers['judge.medianMs'] = times[Math.floor(times.length / 2)] ?? 0;
  numbers['judge.p95Ms'] = times[Math.floor(times.length * 0.95)] ?? 0;
  await say(numbers, json);
}

async function say(numbers: Readonly<Record<string, number>>, json: string | undefined): Promise<void> {
  for (const [name, value] of Object.entries(numbers)) process.stdout.write(`${name}: ${Number(value.toFixed(3))}\n`);
  if (json !== undefined) await writeFile(json, `${JSON.stringify(numbers, undefined, 2)}\n`);
}

function write(numbers: Record<string, number>, name: string, tally: Tally | undefined): void {
  if (tally === undefined) return;
  const share = (part: number, all: number): number => (all === 0 ? 0 : part / all);
  const { hunks, repeating, repeatingTwice, later, shown, lone } = tally;
  Object.assign(numbers, {
    [`${name}.hunks`]: hunks,
    [`${name}.repeating`]: repeating.all,
    [`${name}.repeatingTwice`]: repeatingTwice.all,
    [`${name}.shown`]: shown.all,
    [`${name}.precision`]: share(shown.right, shown.all),
    [`${name}.recallAfterOne`]: share(repeating.predicted, repeating.all),
    [`${name}.recallAfterTwo`]: share(repeatingTwice.predicted, repeatingTwice.all),
    [`${name}.recallOfLater`]: share(later.predicted, later.all),
    [`${name}.wrongAfterLone`]: share(lone.wrong, lone.all),
  });
}

function sum(tallies: readonly Tally[]): Tally {
  const total = emptyTally();
  for (const tally of tallies) {
    total.hunks += tally.hunks;
    for (const key of ['repeating', 'repeatingTwice', 'later'] as const) {
      total[key].all += tally[key].all;
      total[key].predicted += tally[key].predicted;
    }
    total.shown.all += tally.shown.all;
    total.shown.right += tally.shown.right;
    total.lone.all += tally.lone.all;
    total.lone.wrong += tally.lone.wrong;
  }
  return total;
}

main().catch((error: unknown) => {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
