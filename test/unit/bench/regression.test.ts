import assert from 'node:assert/strict';
import { fit } from '../../bench/copying/regression';
import { createRandom } from '../../support/random';

describe('logistic regression', () => {
  it('finds the weights that samples were drawn with', () => {
    const random = createRandom(1);
    const truth = [-1, 2, 0.5];
    const samples = Array.from({ length: 20_000 }, () => {
      const features = [1, 2 * random() - 1, 4 * random()];
      const odds = features.reduce((sum, value, at) => sum + value * truth[at]!, 0);
      return { features, right: random() < 1 / (1 + Math.exp(-odds)) ? 1 : 0 };
    });
    for (const [at, weight] of fit(samples).entries()) assert.ok(Math.abs(weight - truth[at]!) < 0.1, `${weight} for ${truth[at]}`);
  });
});
