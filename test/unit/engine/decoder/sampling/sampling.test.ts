import assert from 'node:assert/strict';
import { exponential } from '../../../../../src/engine/decoder/sampling/exponential';
import { createSampler as create } from '../../../../../src/engine/decoder/sampling/sampling';
import type { ScoredToken } from '../../../../../src/engine/decoder/sampling/sampling';
import { EngineError } from '../../../../../src/ipc/engine/errors';
import type { Sampling } from '../../../../../src/ipc/engine/protocol';
import { createRandom } from '../../../../support/random';

const probabilities = [0.5, 0.05, 0.3, 0.15];
const logits = () => Float32Array.from(probabilities, (value) => Math.log(value) + 3);
const near = (actual: number, expected: number, tolerance: number) =>
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);

/** A sampler that knows the text that it writes, as a decoder tells it. */
function createSampler(
  forbidden: readonly number[],
  sampling?: Sampling,
  prompt: readonly number[] = [],
): (logits: Float32Array) => ScoredToken {
  const sample = create(forbidden, sampling);
  const text = [...prompt];
  return (values) => {
    const token = sample(values, Int32Array.from(text), text.length);
    text.push(token.id);
    return token;
  };
}

function shares(sampling: Sampling, forbidden: readonly number[] = [], draws = 20_000): number[] {
  const sample = createSampler(forbidden, sampling);
  const counts = probabilities.map(() => 0);
  for (let draw = 0; draw < draws; draw++) counts[sample(logits()).id]!++;
  return counts.map((count) => count / draws);
}

describe('createSampler', () => {
  it('is greedy without sampling and at temperature 0', () => {
    for (const sampling of [undefined, { temperature: 0, topP: 0.5, seed: 1 }]) {
      const { id, logprob } = createSampler([], sampling)(logits());
      assert.equal(id, 0);
      near(logprob, Math.log(0.5), 1e-6);
    }
  });

  it('takes the lowest of equally probable tokens', () => {
    assert.equal(createSampler([])(Float32Array.of(1, 4, 4)).id, 1);
  });

  it('never chooses what is forbidden, and reports the probability the model gave', () => {
    const { id, logprob } = createSampler([0])(logits());
    assert.equal(id, 2);
    near(logprob, Math.log(0.3), 1e-6);
    assert.equal(shares({ temperature: 1, topP: 1, seed: 3 }, [0, 2])[0], 0);
  });

  it('chooses among what is allowed, and reports the probability among that', () => {
    const sample = create([], undefined);
    const { id, logprob } = sample(logits(), Int32Array.of(), 0, (one) => one % 2 === 1);
    assert.equal(id, 3);
    near(logprob, Math.log(0.15 / 0.2), 1e-6);
  });

  it('tells the runners-up, the likeliest first, with the probabilities the model gave', () => {
    const best = create([0], undefined, 2)(logits(), Int32Array.of(), 0);
    assert.deepEqual([best.id, ...best.runnersUp!.map(({ id }) => id)], [2, 3, 1]);
    near(best.runnersUp![0]!.logprob, Math.log(0.15), 1e-6);
    const drawn = create([], { temperature: 1, topP: 1, seed: 1 }, 3)(logits(), Int32Array.of(), 0);
    assert.deepEqual(
      drawn.runnersUp!.map(({ id }) => id),
      [0, 2, 3, 1].filter((id) => id !== drawn.id),
    );
    const few = create([], undefined, 9)(logits(), Int32Array.of(), 0, (id) => id < 2);
    assert.deepEqual(
      few.runnersUp!.map(({ id }) => id),
      [1],
      'none that cannot stand there',
    );
    const penalized = create([], { temperature: 0, topP: 1, seed: 0, repetitionPenalty: 3 }, 1)(
      logits(),
      Int32Array.of(2),
      1,
    );
    assert.deepEqual([penalized.id, penalized.runnersUp![0]!.id], [0, 3]);
    const { runnersUp } = create([], undefined, 2)(Float32Array.of(4, 7, 4, 4), Int32Array.of(), 0);
    assert.deepEqual(
      runnersUp!.map(({ id }) => id),
      [0, 2],
      'of equals the lowest',
    );
  });

  it('draws each token as often as it is probable', () => {
    shares({ temperature: 1, topP: 1, seed: 7 }).forEach((share, id) => near(share, probabilities[id]!, 0.02));
  });

  it('sharpens with low temperatures: probabilities are raised to 1/T', () => {
    const raised = probabilities.map((value) => value ** 2);
    const total = raised.reduce((sum, value) => sum + value, 0);
    shares({ temperature: 0.5, topP: 1, seed: 11 }).forEach((share, id) => near(share, raised[id]! / total, 0.02));
  });

  it('keeps the smallest set that reaches top-p', () => {
    const [first, second, third, fourth] = shares({ temperature: 1, topP: 0.7, seed: 5 });
    assert.deepEqual([second, fourth], [0, 0]);
    near(first!, 0.5 / 0.8, 0.02);
    near(third!, 0.3 / 0.8, 0.02);
    assert.deepEqual(shares({ temperature: 1, topP: 0, seed: 5 }, [], 100), [1, 0, 0, 0]);
  });

  it('leaves out what is much less probable than the most probable token', () => {
    const [first, second, third, fourth] = shares({ temperature: 1, topP: 1, minP: 0.4, seed: 5 });
    assert.deepEqual([second, fourth], [0, 0]);
    near(first!, 0.5 / 0.8, 0.02);
    near(third!, 0.3 / 0.8, 0.02);
    assert.deepEqual(shares({ temperature: 3, topP: 1, minP: 1, seed: 5 }, [], 100), [1, 0, 0, 0]);
    // Shares are taken after temperature: the square root of 0.3 / 0.5 is above 0.75.
    assert.ok(shares({ temperature: 2, topP: 1, minP: 0.75, seed: 5 })[2]! > 0);
  });

  it('makes recent tokens less probable, and reports the probability the model gave', () => {
    const greedy = createSampler([], { temperature: 0, topP: 1, seed: 0, repetitionPenalty: 1.5 }, [3]);
    const written = Array.from({ length: 3 }, () => greedy(logits()));
    assert.deepEqual(
      written.map(({ id }) => id),
      [0, 2, 0],
    );
    for (const { id, logprob } of written) near(logprob, Math.log(probabilities[id]!), 1e-6);
    const negative = createSampler([], { temperature: 0, topP: 1, seed: 0, repetitionPenalty: 2 }, [1, 1]);
    assert.equal(negative(Float32Array.of(-3, -2)).id, 0);
    const long = createSampler([], { temperature: 0, topP: 1, seed: 0, repetitionPenalty: 9 }, [
      0,
      ...Array<number>(64).fill(1),
    ]);
    assert.equal(long(logits()).id, 0, 'only the last tokens count');
  });

  it('draws the same for the same seed, and otherwise for another', () => {
    const draw = (seed: number) => {
      const sample = createSampler([], { temperature: 1, topP: 1, seed });
      return Array.from({ length: 50 }, () => sample(logits()).id);
    };
    assert.deepEqual(draw(42), draw(42));
    assert.notDeepEqual(draw(42), draw(43));
  });

  it('reports the probability at temperature 1 whatever the temperature', () => {
    const { id, logprob } = createSampler([], { temperature: 5, topP: 1, seed: 9 })(logits());
    near(logprob, Math.log(probabilities[id]!), 1e-6);
  });

  it('refuses numbers that are no logits', () => {
    assert.throws(() => createSampler([])(Float32Array.of(1, NaN)), EngineError);
    assert.throws(() => createSampler([])(Float32Array.of(1, Infinity)), EngineError);
  });
});

describe('exponential', () => {
  it('is e to the power of x for all that matters', () => {
    for (let x = 0; x > -59.9; x -= 0.0137) {
      assert.ok(Math.abs(exponential(x) / Math.exp(x) - 1) < 1e-8, `${x}`);
    }
    assert.deepEqual([exponential(0), exponential(-61), exponential(-Infinity)], [1, 0, 0]);
    assert.ok(Number.isNaN(exponential(NaN)));
  });
});

describe('createSampler, with a large vocabulary', () => {
  /** The same set by sorting everything: ids with their shares of it. */
  function nucleus(logits: Float32Array, { temperature, topP, minP = 0 }: Sampling): Map<number, number> {
    const highest = Math.max(...logits);
    const weights = Array.from(logits, (logit) => Math.exp((logit - highest) / temperature));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const ids = weights
      .map((_, id) => id)
      .filter((id) => weights[id]! >= minP)
      .sort((a, b) => weights[b]! - weights[a]! || a - b);
    const kept: number[] = [];
    for (
      let mass = 0;
      kept.length < ids.length && (kept.length === 0 || mass < topP * total);
      mass += weights[kept.at(-1)!]!
    )
      kept.push(ids[kept.length]!);
    const mass = kept.reduce((sum, id) => sum + weights[id]!, 0);
    return new Map(kept.map((id) => [id, weights[id]! / mass]));
  }

  for (const [what, sampling] of Object.entries({
    'all of it': { temperature: 1, topP: 1 },
    'most of it': { temperature: 1, topP: 0.9 },
    'half of it, sharpened': { temperature: 0.5, topP: 0.5 },
    'what is probable enough': { temperature: 1, topP: 0.98, minP: 0.02 },
    'one token': { temperature: 1, topP: 0 },
  })) {
    it(`draws from ${what} as often as it is probable`, () => {
      const random = createRandom(5);
      // With equals among them, and a few that can never be drawn.
      const values = Float32Array.from({ length: 600 }, (_, id) =>
        id % 50 === 7 ? -Infinity : Math.round(random() * 60) / 10,
      );
      const wanted = nucleus(values, { ...sampling, seed: 0 });
      const sample = createSampler([], { ...sampling, seed: 11 });
      const counts = new Map<number, number>();
      const draws = 8_000;
      for (let draw = 0; draw < draws; draw++) {
        const { id } = sample(values.slice());
        counts.set(id, (counts.get(id) ?? 0) + 1);
      }
      for (const id of counts.keys()) assert.ok(wanted.has(id), `${id} is not in the set`);
      // By rank, so that rare ones are compared together.
      let [found, expected, largest] = [0, 0, 0];
      for (const [id, share] of wanted) {
        found += (counts.get(id) ?? 0) / draws;
        expected += share;
        largest = Math.max(largest, Math.abs(found - expected));
      }
      assert.ok(largest < 0.02, `${largest}`);
    });
  }
});
