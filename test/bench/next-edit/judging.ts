/**
 * What a decoder that judges next edits gains: `--judge FILE`, by the rule of the editor, played on from what it shows. With `--fit`,
 * the weights of its judgement are fitted instead, to every other one of the packages for that, since a judgement takes the better
 * part of a second. What it said is noted in FILE, and not asked again: `--seconds` ends it earlier.
 */
import {
  judgedConfidence,
  judgedFrom,
  judgedTexts,
  judgementFeatures,
  maxJudged,
} from '../../../src/nearby/edits/judgement';
import type { Judgement } from '../../../src/nearby/edits/judgement';
import { confidenceOf } from '../../../src/nearby/edits/choice';
import { minimumConfidence, sureConfidence } from '../../../src/nearby/edits/nextEdits';
import { fit } from '../copying/regression';
import { Glassbox } from './contenders';
import type { Contender } from './contenders';
import type { Judge } from './judge';
import { readVersions, stepsOf } from './packages';
import { emptyTally, replay } from './replay';
import type { Tally } from './replay';
import { differenceOf, repeats } from './repeats';
import type { Hunk, Step } from './steps';

/** What `quiet` would ask of the model and the evidence together; in the editor, it asks no model. */
const quietJudged = 0.65;

/** By the settings of the editor: as each shows, without the model and with it. */
export const judgedContenders = (judge: Judge): Readonly<Record<string, Contender>> => ({
  on: new Glassbox(minimumConfidence),
  onJudged: new Glassbox(minimumConfidence, { judge }),
  quiet: new Glassbox(sureConfidence),
  quietJudged: new Glassbox({ ...sureConfidence, judged: quietJudged }, { judge }),
});

/** @returns by contender; of the packages that there was time for */
export async function playJudged(
  judge: Judge,
  seconds: number,
): Promise<{ tallies: Map<string, Tally>; left: number }> {
  const end = performance.now() + 1000 * seconds;
  const contenders = judgedContenders(judge);
  const tallies = new Map(Object.keys(contenders).map((name) => [name, emptyTally()]));
  const packages = await readVersions('report');
  for (const [index, one] of packages.entries()) {
    if (performance.now() > end) return { tallies, left: packages.length - index };
    for (const step of await stepsOf(one))
      for (const [name, contender] of Object.entries(contenders)) await replay(step, contender, tallies.get(name)!);
    process.stderr.write(`${one.name}\n`);
  }
  return { tallies, left: 0 };
}

/** A place that may be proposed after a change. */
interface Candidate {
  readonly confidence: number;
  readonly isRepeated: boolean;
  /** The change that it would be right for. */
  readonly right: Hunk | undefined;
  readonly judgement: Judgement | undefined;
}

/** The likeliest after a change, and whether nothing that is left repeats that. */
interface Observed {
  readonly isLone: boolean;
  readonly candidates: readonly Candidate[];
}

/** The weights are fitted to places up to here: above, nothing makes a place unlikely. */
const fittedTo = 0.985;
const share = 2;

export async function fitJudged(judge: Judge, seconds: number): Promise<string> {
  const end = performance.now() + 1000 * seconds;
  const changes: Observed[] = [];
  let packages = 0;
  for (const [index, one] of (await readVersions('fit')).entries()) {
    if (index % share !== 0 || performance.now() > end) continue;
    for (const step of await stepsOf(one)) changes.push(...(await observe(step, judge)));
    packages++;
    process.stderr.write(`${one.name}\n`);
  }
  const samples = new Map<Judgement, { features: number[]; right: number }>();
  for (const { confidence, judgement, right } of changes.flatMap(({ candidates }) => candidates))
    if (judgement) {
      const features = judgementFeatures(confidence, judgement);
      samples.set(judgement, { features, right: Number(right !== undefined) });
    }
  const weights = fit([...samples.values()]);
  const rows = [
    `weights of ${samples.size} places in ${packages} packages: ${weights.map((one) => one.toFixed(3)).join(', ')}`,
  ];
  for (const least of [0.55, 0.6, 0.65, 0.7, 0.75, 0.8]) {
    const of = (isRepeated: boolean): string => tallied(changes, weights, least, isRepeated);
    rows.push(`from ${least}: made once: ${of(false)}; more often: ${of(true)}`);
  }
  return rows.join('\n');
}

/** Plays a step with the evidence alone, and notes what there was to choose from. */
async function observe(step: Step, judge: Judge): Promise<Observed[]> {
  const differences = new Map(step.hunks.map((hunk) => [hunk, differenceOf(hunk)]));
  const repeat = (a: Hunk, b: Hunk): boolean => repeats(differences.get(a)!, differences.get(b)!);
  const observed: Observed[] = [];
  let current: Hunk | undefined;
  const own = new Glassbox(undefined, {
    observe: async (places, progress) => {
      const isLone = !step.hunks.some((other) => current && !progress.has(other) && repeat(current, other));
      const textOf = (file: string): string | undefined => (step.files.has(file) ? progress.textOf(file) : undefined);
      const likeliest = places
        .map(({ edit, evidence, alike }) => ({ edit, confidence: confidenceOf(evidence), learntFrom: alike }))
        .sort((a, b) => b.confidence - a.confidence)
        .slice(0, maxJudged);
      const candidates: Candidate[] = [];
      for (const { edit, confidence, learntFrom } of likeliest) {
        const isAsked = confidence >= judgedFrom && confidence < fittedTo;
        const texts = isAsked ? judgedTexts({ edit, learntFrom }, textOf) : undefined;
        candidates.push({
          confidence,
          isRepeated: learntFrom.length > 1,
          right: progress.matching(edit.path, edit.start, edit.end, edit.text),
          judgement: texts && (await judge.of(texts)),
        });
      }
      observed.push({ isLone, candidates });
    },
  });
  const contender: Contender = {
    begin: (progress) => own.begin(progress),
    after: (hunk, made) => own.after((current = hunk), made),
  };
  await replay(step, contender, emptyTally());
  return observed;
}

/** What is judged likely enough where the evidence is sure of nothing, of edits that were made once or more often. */
function tallied(changes: readonly Observed[], weights: readonly number[], least: number, isRepeated: boolean): string {
  let [shown, right, wrongLone] = [0, 0, 0];
  for (const { isLone, candidates } of changes) {
    if (candidates.some((one) => one.confidence >= (one.isRepeated ? sureConfidence.again : sureConfidence.once)))
      continue;
    const [best] = candidates
      .flatMap((one) =>
        one.judgement ? [{ one, confidence: judgedConfidence(one.confidence, one.judgement, weights) }] : [],
      )
      .sort((a, b) => b.confidence - a.confidence);
    if (best === undefined || best.confidence < least || best.one.isRepeated !== isRepeated) continue;
    shown++;
    if (best.one.right) right++;
    else wrongLone += Number(isLone);
  }
  return `${shown} shown, ${((100 * right) / Math.max(1, shown)).toFixed(1)} % right, ${wrongLone} wrong after a change that is not repeated`;
}
