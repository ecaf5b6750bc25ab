import assert from 'node:assert/strict';
import { fit, fitChoice } from '../../../bench/copying/regression';
import { createRandom } from '../../../support/random';

describe('logistic regression', () => {
  it('finds the weights that samples were drawn with', () => {
    const random = createRandom(1);
    const truth = [-1, 2, 0.5];
    const samples = Array.from({ length: 20_000 }, () => {
      const features = [1, 2 * random() - 1, 4 * random()];
      const odds = features.reduce((sum, value, at) => sum + value * truth[at]!, 0);
      return { features, right: random() < 1 / (1 + Math.exp(-odds)) ? 1 : 0 };
    });
    for (const [at, weight] of fit(samples).entries())
      assert.ok(Math.abs(weight - truth[at]!) < 0.1, `${weight} for ${truth[at]}`);
  });
});

describe('conditional logit', () => {
  it('finds the weights that choices were drawn with, and passes by those without a right one', () => {
    const random = createRandom(2);
    const truth = [2, -1];
    const choices = Array.from({ length: 10_000 }, () => {
      const features = Array.from({ length: 2 + Math.floor(4 * random()) }, () => [random(), 3 * random()]);
      const odds = features.map((own) => Math.exp(own.reduce((sum, value, at) => sum + value * truth[at]!, 0)));
      let left = random() * odds.reduce((sum, value) => sum + value, 0);
      const chosen = odds.findIndex((value) => (left -= value) <= 0);
      return { features, right: features.map((_, at) => (at === chosen ? 1 : 0)) };
    });
    const hopeless = {
      features: [
        [5, 5],
        [9, 9],
      ],
      right: [0, 0],
    };
    for (const [at, weight] of fitChoice([...choices, hopeless]).entries())
      assert.ok(Math.abs(weight - truth[at]!) < 0.1, `${weight} for ${truth[at]}`);
  });
});
