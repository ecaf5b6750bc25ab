import assert from 'node:assert/strict';
import { comparable } from '../../../../src/indexer/vectors/comparable';
import type { Compared } from '../../../../src/indexer/vectors/comparable';
import { createRandom } from '../../../support/random';

const random = createRandom(3);
/** Sums of random numbers: about normal. */
const noise = (): number => Array.from({ length: 12 }, random).reduce((sum, number) => sum + number, -6);
const texts = 2_000;

/** What a model makes of texts that are more or less near: on a scale of its own, and not without error. */
function model(
  nearness: readonly number[],
  seen: (text: number) => boolean,
  scale: number,
  offset: number,
  error: number,
): Compared {
  const rows = new Int32Array(texts).fill(-1);
  const cosines: number[] = [];
  nearness.forEach((near, text) => {
    if (seen(text)) rows[text] = cosines.push(offset + scale * (near + error * noise())) - 1;
  });
  return { rows, cosines: Float32Array.from(cosines) };
}

function relative(
  { rows, cosines, mean, deviation }: ReturnType<typeof comparable>[number],
  text: number,
): number | undefined {
  return rows[text]! < 0 ? undefined : (cosines.at(rows[text]!)! - mean) / deviation;
}

const meanOf = (numbers: readonly number[]): number =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

describe('cosines of two models', () => {
  // The first tenth is what somebody works on: nearer to what is asked than the rest.
  const nearness = Array.from({ length: texts }, (_, text) => noise() + (text < texts / 10 ? 1.5 : 0));

  it('come to one scale while the better one has seen but a part, which is no fair sample', () => {
    const part = model(nearness, (text) => text < texts / 10, 0.05, 0.7, 0.1);
    const all = model(nearness, () => true, 0.2, 0.05, 0.5);
    const [best, base] = comparable([part, all]);
    const errors = Array.from({ length: texts / 10 }, (_, text) => relative(best!, text)! - relative(base!, text)!);
    assert.ok(Math.abs(meanOf(errors)) < 0.01, `${meanOf(errors)}`);
    // By itself, the part would take its own mean for that of everything.
    const [alone] = comparable([part]);
    assert.ok(Math.abs(meanOf(Array.from({ length: texts / 10 }, (_, text) => relative(alone!, text)!))) < 0.01);
    assert.ok(meanOf(Array.from({ length: texts / 10 }, (_, text) => relative(best!, text)!)) > 1);
  });

  it('come to the same scale where only a sample of the lesser ones is left of what the better one has', () => {
    const part = model(nearness, (text) => text < texts / 2, 0.05, 0.7, 0.1);
    const all = model(nearness, () => true, 0.2, 0.05, 0.5);
    const rows = new Int32Array(texts).fill(-1);
    const kept = Array.from({ length: texts }, (_, text) => text).filter((text) => text >= texts / 2 || text % 8 === 0);
    kept.forEach((text, row) => (rows[text] = row));
    const sampled: Compared = { rows, cosines: Float32Array.from(kept, (text) => all.cosines.at(all.rows[text]!)!) };
    const [best, base] = comparable([part, sampled]);
    const [bestOfAll, baseOfAll] = comparable([part, all]);
    // Of 125 texts the mean is known to a tenth or so, and well below that to what the half that is left would say by itself.
    for (const text of [3, 500, 999])
      assert.ok(Math.abs(relative(best!, text)! - relative(bestOfAll!, text)!) < 0.15, `${text}`);
    for (const text of [1_000, 1_999])
      assert.ok(Math.abs(relative(base!, text)! - relative(baseOfAll!, text)!) < 0.1, `${text}`);
  });

  it('end on the scale of the better one, without a jump', () => {
    const all = model(nearness, () => true, 0.2, 0.05, 0.5);
    const almost = comparable([model(nearness, (text) => text > 0, 0.05, 0.7, 0), all])[0]!;
    const whole = comparable([model(nearness, () => true, 0.05, 0.7, 0), all])[0]!;
    assert.ok(Math.abs(relative(almost, 7)! - relative(whole, 7)!) < 0.01);
    const [own] = comparable([model(nearness, () => true, 0.05, 0.7, 0)]);
    assert.equal(relative(whole, 7), relative(own!, 7));
  });

  it('are those of the lesser model while there are too few of the better one', () => {
    const all = model(nearness, () => true, 0.2, 0.05, 0.5);
    const few = model(nearness, (text) => text < 20, 0.05, 0.7, 0.1);
    assert.deepEqual(
      comparable([few, all]).map(({ cosines }) => cosines.length),
      [texts],
    );
    // Where the lesser one's were dropped, what there is stands for itself.
    const rest = model(nearness, (text) => text < 20, 0.2, 0.05, 0.5);
    const better = model(nearness, (text) => text >= 10, 0.05, 0.7, 0.1);
    assert.deepEqual(
      comparable([better, rest]).map(({ cosines }) => cosines.length),
      [texts - 10, 20],
    );
  });

  it('are told apart by nothing where all are equal', () => {
    const equal: Compared = { rows: Int32Array.of(0, 1), cosines: Float32Array.of(0.5, 0.5) };
    assert.ok(Math.abs(relative(comparable([equal])[0]!, 0)!) < 1e-3);
    assert.deepEqual(comparable([]), []);
  });
});
