/**
 * Whether a decoder tells right proposals from wrong ones better than the evidence alone: `--judge FILE`. Half of the packages that
 * are fitted to give the weights of its judgement, and half of those that are reported on are judged. What was played and asked is
 * noted in FILE, and not played and asked again: `--seconds` ends it earlier.
 */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { probability } from '../../../src/common/statistics/logit';
import { confidenceOf } from '../../../src/nearby/edits/choice';
import { fit } from '../copying/regression';
import { Glassbox } from './contenders';
import { judgedTexts, openJudge } from './judge';
import type { AskJudge, JudgedTexts, Judgement } from './judge';
import { readVersions, stepsOf } from './packages';
import type { Versions } from './packages';
import { emptyTally, replay } from './replay';
import { differenceOf, repeats } from './repeats';
import type { Hunk, Step } from './steps';

/** A place that may be proposed after a change. */
interface Candidate {
  readonly confidence: number;
  /** The change that it would be right for: its number in the step. */
  readonly right?: number;
  readonly key: string;
}

/** What may be proposed after each change of a step, the likeliest first. */
interface PlayedStep {
  readonly kind: 'step';
  readonly use: Versions['use'];
  readonly package: string;
  /** Numbers of the changes that repeat two before them. */
  readonly twice: readonly number[];
  readonly changes: readonly { readonly lone: boolean; readonly candidates: readonly Candidate[] }[];
}

interface Asked {
  readonly kind: 'judgement';
  readonly key: string;
  readonly judgement: Judgement;
  readonly ms: number;
}

/** Below, nothing makes a place likely enough; above, nothing unlikely. */
const asked = { from: 0.6, to: 0.985 };
const candidatesEach = 2;
/** Of the packages, every other one: a judgement takes a second. */
const share = 2;

export async function judge(file: string, seconds: number): Promise<void> {
  const end = performance.now() + 1000 * seconds;
  const noted = existsSync(file) ? (await readFile(file, 'utf8')).split('\n').filter(Boolean) : [];
  const known = noted.map((line) => JSON.parse(line) as PlayedStep | Asked | ({ kind: 'texts' } & Texts));
  const steps = known.filter((one) => one.kind === 'step');
  const texts = new Map(known.filter((one) => one.kind === 'texts').map((one) => [one.key, one.texts]));
  const judgements = new Map(known.filter((one) => one.kind === 'judgement').map((one) => [one.key, one]));
  const played = new Set(steps.map((one) => one.package));
  const note = (lines: readonly object[]) => appendFile(file, lines.map((one) => `${JSON.stringify(one)}\n`).join(''));
  for (const use of ['fit', 'report'] as const) {
    for (const [index, one] of (await readVersions(use)).entries()) {
      if (index % share !== 0 || played.has(one.name) || performance.now() > end) continue;
      const found = (await stepsOf(one)).map((step) => play(step, use, one.name));
      // A package without steps is noted, too.
      const none: PlayedStep = { kind: 'step', use, package: one.name, twice: [], changes: [] };
      const all = found.length > 0 ? found : [{ step: none, texts: [] }];
      for (const { key, texts: own } of all.flatMap((each) => each.texts)) texts.set(key, own);
      steps.push(...all.map(({ step }) => step));
      await note(all.flatMap(({ step, texts: own }) => [step, ...own]));
      process.stderr.write(`${one.name}\n`);
    }
  }
  const left = [...texts].filter(([key]) => !judgements.has(key));
  if (left.length > 0 && performance.now() < end) {
    const { ask, dispose } = await openJudge(path.join('dist', 'models', 'decoder'));
    for (const [key, own] of left) {
      if (performance.now() > end) break;
      const answer = await timed(ask, key, own);
      judgements.set(key, answer);
      await note([answer]);
    }
    await dispose();
  }
  const open = [...texts.keys()].filter((key) => !judgements.has(key)).length;
  process.stdout.write(`${texts.size - open} places judged${open > 0 ? `, ${open} left: run it again` : ''}\n`);
  say(steps, judgements);
}

interface Texts {
  readonly kind: 'texts';
  readonly key: string;
  readonly texts: JudgedTexts;
}

async function timed(ask: AskJudge, key: string, texts: JudgedTexts): Promise<Asked> {
  const start = performance.now();
  const judgement = await ask(texts);
  return { kind: 'judgement', key, judgement, ms: performance.now() - start };
}

/** Plays a step with the evidence alone, and notes what there was to choose from. */
function play(step: Step, use: Versions['use'], name: string): { step: PlayedStep; texts: Texts[] } {
  const differences = new Map(step.hunks.map((hunk) => [hunk, differenceOf(hunk)]));
  const repeat = (a: Hunk, b: Hunk): boolean => repeats(differences.get(a)!, differences.get(b)!);
  const changes: PlayedStep['changes'][number][] = [];
  const texts: Texts[] = [];
  let current: Hunk | undefined;
  const own = new Glassbox(undefined, (places, progress) => {
    const lone = !step.hunks.some((other) => current && !progress.has(other) && repeat(current, other));
    const textOf = (file: string): string | undefined => (step.files.has(file) ? progress.textOf(file) : undefined);
    const likeliest = places
      .map((place) => ({ place, confidence: confidenceOf(place.evidence) }))
      .sort((a, b) => b.confidence - a.confidence)
      .slice(0, candidatesEach);
    const candidates = likeliest.map(({ place, confidence }): Candidate => {
      const { path: file, start, end, text } = place.edit;
      const hunk = progress.matching(file, start, end, text);
      const shown = confidence >= asked.from && confidence < asked.to ? judgedTexts(place, textOf) : undefined;
      // A place that is proposed again is judged once.
      const said = shown && JSON.stringify([step.name, file, shown.old, shown.now, shown.behind.slice(0, 60)]);
      const key = said === undefined ? '' : createHash('sha1').update(said).digest('base64url');
      if (shown) texts.push({ kind: 'texts', key, texts: shown });
      return { confidence, key, ...(hunk && { right: step.hunks.indexOf(hunk) }) };
    });
    changes.push({ lone, candidates });
  });
  const contender = {
    begin: (progress: Parameters<Glassbox['begin']>[0]) => own.begin(progress),
    after: (hunk: Hunk, made: Parameters<Glassbox['after']>[1]) => own.after((current = hunk), made),
  };
  replay(step, contender, emptyTally());
  const twice = step.hunks.flatMap((hunk, at) =>
    step.hunks.slice(0, at).filter((other) => repeat(other, hunk)).length > 1 ? [at] : [],
  );
  const unique = [...new Map(texts.map((one) => [one.key, one])).values()];
  return { step: { kind: 'step', use, package: name, twice, changes }, texts: unique };
}

const logit = (p: number): number => Math.log(p / (1 - p));

const features = (confidence: number, { old, now }: Judgement): number[] => [
  1,
  logit(confidence),
  now.logprob,
  now.logprob / Math.max(1, now.tokens),
  now.logprob - old.logprob,
  now.followed - old.followed,
];

/** Fitted to the packages for that, told of the others, each for thresholds of its own. */
function say(steps: readonly PlayedStep[], judgements: ReadonlyMap<string, Asked>): void {
  const fitted = steps.filter(({ use }) => use === 'fit');
  const samples = new Map<string, { features: number[]; right: number }>();
  for (const { confidence, key, right } of fitted.flatMap(({ changes }) => changes.flatMap((one) => one.candidates))) {
    const known = judgements.get(key);
    if (known)
      samples.set(key, { features: features(confidence, known.judgement), right: Number(right !== undefined) });
  }
  const weights = fit([...samples.values()]);
  const judged = ({ confidence, key }: Candidate): number => {
    const known = judgements.get(key);
    return known ? probability(features(confidence, known.judgement), weights) : confidence;
  };
  const alone = ({ confidence }: Candidate): number => confidence;
  const ms = [...judgements.values()].map((one) => one.ms).sort((a, b) => a - b);
  const rows = [
    `weights of ${samples.size} places: ${weights.map((weight) => weight.toFixed(3)).join(', ')}`,
    `ms a place, at the median: ${(ms[Math.floor(ms.length / 2)] ?? 0).toFixed(0)}`,
  ];
  const reported = steps.filter(({ use }) => use === 'report');
  for (const least of [0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.88, 0.9, 0.92, 0.95])
    for (const [name, rank] of Object.entries({ alone, judged })) {
      rows.push(
        `${least} ${name}: ${tallied(reported, rank, least)}; of those fitted to: ${tallied(fitted, rank, least)}`,
      );
    }
  process.stdout.write(`${rows.join('\n')}\n`);
}

function tallied(steps: readonly PlayedStep[], rank: (candidate: Candidate) => number, least: number): string {
  let [shown, right, lone, wrongLone, twice, found] = [0, 0, 0, 0, 0, 0];
  for (const step of steps) {
    const predicted = new Set<number>();
    for (const change of step.changes) {
      if (change.lone) lone++;
      const [best] = change.candidates
        .map((candidate) => ({ candidate, rank: rank(candidate) }))
        .sort((a, b) => b.rank - a.rank);
      if (best === undefined || best.rank < least) continue;
      shown++;
      if (best.candidate.right === undefined) wrongLone += Number(change.lone);
      else right++;
      if (best.candidate.right !== undefined) predicted.add(best.candidate.right);
    }
    twice += step.twice.length;
    found += step.twice.filter((at) => predicted.has(at)).length;
  }
  const percent = (part: number, all: number): string => `${((100 * part) / Math.max(1, all)).toFixed(1)} %`;
  return `${shown} shown, ${percent(right, shown)} right, ${percent(found, twice)} of ${twice} found, wrong after ${percent(wrongLone, lone)} of ${lone}`;
}
