/** Whether a difference would hold on other packages: the paired bootstrap, resampling packages and not tasks. */
import { groupBy, sum } from '../group';
import { randomFrom } from '../random';

/** The scores of two systems on the same task. */
export type Paired = { package: string; ours: number; theirs: number };

export type Comparison = {
  /** Mean of ours ÷ mean of theirs over all tasks; Infinity where theirs is 0 and ours is not, NaN where both are. */
  ratio: number;
  /** 95 % interval of the ratio over resamples. */
  low: number;
  high: number;
  /** Share of resamples in which ours does not reach `factor` × theirs: one-sided p. */
  p: number;
};

const resamples = 2000;

/** @param factor what is claimed: ours ≥ factor × theirs */
export function comparePaired(scores: readonly Paired[], factor = 1): Comparison {
  const packages = [...groupBy(scores, (score) => score.package).values()].map((group) => ({
    ours: sum(group.map(({ ours }) => ours)),
    theirs: sum(group.map(({ theirs }) => theirs)),
  }));
  const random = randomFrom('bootstrap');
  const ratios: number[] = [];
  let failures = 0;
  for (let round = 0; round < resamples; round++) {
    const drawn = packages.map(() => packages[Math.floor(random() * packages.length)]!);
    const ours = sum(drawn.map((one) => one.ours));
    const theirs = sum(drawn.map((one) => one.theirs));
    ratios.push(ours / theirs);
    if (!(ours > factor * theirs)) failures++;
  }
  ratios.sort((a, b) => a - b);
  return {
    ratio: sum(scores.map(({ ours }) => ours)) / sum(scores.map(({ theirs }) => theirs)),
    low: ratios[Math.floor(0.025 * resamples)]!,
    high: ratios[Math.ceil(0.975 * resamples) - 1]!,
    p: failures / resamples,
  };
}
