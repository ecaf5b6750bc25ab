/**
 * Puts the cosines of two models on one scale while the better model has embedded only some texts; used by the dense
 * index, and by `relevance.ts` for its statistics.
 */
import type { Cosines } from './cosines';

/**
 * How cosines of several models are brought to one scale, while the better one has embedded a part of the texts only.
 *
 * A model's cosines say nothing beside those of another: one has unrelated texts at 0.1, the other at 0.7. So each counts
 * in standard deviations above the mean of all texts. The better model has not seen all texts, though, and those it has
 * seen are no fair sample: they are files that the user works on. What the lesser model makes of these very texts, in
 * the scale of all of them, is what the better one's are brought to: the same mean, the same spread. Among the texts of one
 * model, the order is that of the model; and as the better one goes on, the scale becomes its own without a jump.
 */

/** What a model says of the texts that it has embedded. */
export interface Compared {
  /** Where the cosine of a text stands, by its number; negative or nothing where it has none. */
  readonly rows: Int32Array;
  readonly cosines: Cosines;
}

/** The cosine that counts 0, and how much more counts 1. */
export interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

/** Fewer texts say nothing of a mean and a deviation: until there are so many, the lesser model speaks for them. */
const minCommonTexts = 64;

/** So many texts say as much of a mean and a deviation as a million, in a tenth of the time. */
const maxAskedTexts = 1 << 16;

/** @param models the best first @returns those that can be used, in this order */
export function comparable<Model extends Compared>(models: readonly Model[]): (Model & Scale)[] {
  const [best, base] = models;
  if (best === undefined || base === undefined) return models.map(onOwnScale);
  const common = commonTexts(best, base);
  const scaled = { ...base, ...scaleOfAll(base, common, best.cosines.length) };
  // Of what both have, nothing is to be learnt where the better one has everything, or one has next to nothing.
  if (common.length === base.cosines.length) return [onOwnScale(best), scaled];
  if (common.length < minCommonTexts)
    return common.length === best.cosines.length ? [scaled] : [onOwnScale(best), scaled];
  const of = ({ rows, cosines }: Compared): Scale =>
    spreadOf(common.length, (index) => cosines.at(rows[common[index] as number] as number) as number);
  const [by, baseOfThese] = [of(best), of(base)];
  const deviation = (by.deviation * scaled.deviation) / baseOfThese.deviation;
  const ahead = (baseOfThese.mean - scaled.mean) / scaled.deviation;
  return [{ ...best, mean: by.mean - ahead * deviation, deviation }, scaled];
}

/**
 * The scale of the lesser model over all texts, also where it has kept no more than a sample of those that the better one
 * has embedded: each of these stands for as many as there are for it.
 */
function scaleOfAll({ rows, cosines }: Compared, common: Int32Array, embedded: number): Scale {
  const weight = common.length < minCommonTexts ? 1 : embedded / common.length;
  let [count, sum, squares] = [0, 0, 0];
  const add = (cosine: number, times: number): void => {
    count += times;
    sum += times * cosine;
    squares += times * cosine * cosine;
  };
  const step = stepThrough(cosines);
  for (let row = 0; row < cosines.length; row += step) add(cosines.at(row) as number, step);
  if (weight > 1) for (const text of common) add(cosines.at(rows[text] as number) as number, weight - 1);
  return scaleFrom(count, sum, squares);
}

/** The numbers of the texts that both have embedded. */
function commonTexts({ rows: a }: Compared, { rows: b }: Compared): Int32Array {
  const common = new Int32Array(Math.min(a.length, b.length));
  let count = 0;
  for (let text = 0; text < common.length; text++)
    if ((a[text] as number) >= 0 && (b[text] as number) >= 0) common[count++] = text;
  return common.subarray(0, count);
}

function onOwnScale<Model extends Compared>(compared: Model): Model & Scale {
  const { cosines } = compared;
  const step = stepThrough(cosines);
  return { ...compared, ...spreadOf(Math.ceil(cosines.length / step), (index) => cosines.at(index * step) as number) };
}

function stepThrough({ length }: Cosines): number {
  return Math.max(1, Math.ceil(length / maxAskedTexts));
}

/** @param at gives one of so many numbers */
export function spreadOf(count: number, at: (index: number) => number): Scale {
  let [sum, squares] = [0, 0];
  for (let index = 0; index < count; index++) {
    const cosine = at(index);
    sum += cosine;
    squares += cosine * cosine;
  }
  return scaleFrom(count, sum, squares);
}

function scaleFrom(count: number, sum: number, squares: number): Scale {
  const mean = sum / count;
  // At least 0.001: equally near texts, or a single one, have no deviation, and the scale divides by it.
  return { mean, deviation: Math.sqrt(Math.max(squares / count - mean * mean, 1e-6)) };
}
