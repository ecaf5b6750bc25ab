/**
 * Plays steps as a person would make them: changes in the order of files and lines, each told to a contender. What it shows is
 * taken where it is right, and passed by where it is not.
 */
import type { Contender, Proposal } from './contenders';
import { differenceOf, repeats } from './repeats';
import { Progress } from './steps';
import type { Hunk, Step } from './steps';

export interface Tally {
  hunks: number;
  /** Those that repeat one before them, and two: of all, and of those that were made for the user. */
  readonly repeating: { all: number; predicted: number };
  readonly repeatingTwice: { all: number; predicted: number };
  /** All but the first of each step. */
  readonly later: { all: number; predicted: number };
  readonly shown: { all: number; right: number };
  /** After changes that no change that is left repeats: how many, and after how many of them something wrong was shown. */
  readonly lone: { all: number; wrong: number };
}

export const emptyTally = (): Tally => ({
  hunks: 0,
  repeating: { all: 0, predicted: 0 },
  repeatingTwice: { all: 0, predicted: 0 },
  later: { all: 0, predicted: 0 },
  shown: { all: 0, right: 0 },
  lone: { all: 0, wrong: 0 },
});

export async function replay(step: Step, contender: Contender, tally: Tally): Promise<void> {
  const progress = new Progress(step);
  const differences = new Map(step.hunks.map((hunk) => [hunk, differenceOf(hunk)]));
  const repeat = (a: Hunk, b: Hunk): boolean => repeats(differences.get(a)!, differences.get(b)!);
  const predicted = new Set<Hunk>();
  contender.begin(progress);
  for (const hunk of step.hunks) {
    if (progress.has(hunk)) continue;
    // What is right is taken, and asked after in turn.
    for (const queue = [hunk]; queue.length > 0;) {
      const own = queue.shift()!;
      const shown = await contender.after(own, progress.make(own));
      const rights = shown.map((one) => matching(progress, one));
      const right = new Set(rights.filter((found) => found !== undefined));
      tally.shown.all += shown.length;
      tally.shown.right += rights.filter((found) => found !== undefined).length;
      if (!step.hunks.some((other) => !progress.has(other) && repeat(own, other))) {
        tally.lone.all++;
        if (rights.includes(undefined)) tally.lone.wrong++;
      }
      for (const found of right) predicted.add(found);
      if (shown.length === 1) queue.push(...right);
      else for (const found of right) progress.make(found);
    }
  }
  const add = (counts: { all: number; predicted: number }, hunks: readonly Hunk[]): void => {
    counts.all += hunks.length;
    counts.predicted += hunks.filter((hunk) => predicted.has(hunk)).length;
  };
  const before = new Map(
    step.hunks.map((hunk, index) => [hunk, step.hunks.slice(0, index).filter((other) => repeat(other, hunk)).length]),
  );
  tally.hunks += step.hunks.length;
  add(
    tally.repeating,
    step.hunks.filter((hunk) => before.get(hunk)! > 0),
  );
  add(
    tally.repeatingTwice,
    step.hunks.filter((hunk) => before.get(hunk)! > 1),
  );
  add(tally.later, step.hunks.slice(1));
}

const matching = (progress: Progress, { path, start, end, text }: Proposal): Hunk | undefined =>
  progress.matching(path, start, end, text);
