import assert from 'node:assert/strict';
import { serverTextReport } from '../../../../src/features/inspector/serverText';
import { t } from '../../../support/translate';

const where = { origin: 'http://127.0.0.1:8080', model: 'coder' };

describe('what a server wrote', () => {
  it('is explained by its probabilities and what was likely in the place of each token', () => {
    const tokens = [
      { text: ' a', logprob: Math.log(0.5), likeliest: [{ text: ' a', logprob: Math.log(0.5) }, { text: '\n', logprob: Math.log(0.004) }] },
      { text: ';', logprob: Math.log(0.25), likeliest: [] },
    ]; // prettier-ignore
    const { summary, sections } = serverTextReport({ ...where, tokens }, t);
    assert.match(
      summary,
      /^http:\/\/127\.0\.0\.1:8080 wrote this with coder\. .* 13 %\. .*attention cannot be shown\.$/,
    );
    assert.deepEqual(sections[0]?.rows, [
      { name: '·a', values: ['50 %', '⏎ 0.40 %'] },
      { name: ';', values: ['25 %', ''] },
    ]);
  });

  it('says so where the server gives no probabilities', () => {
    const { summary, sections } = serverTextReport({ ...where, tokens: [] }, t);
    assert.match(summary, /gives no probabilities\. .*attention cannot be shown\.$/);
    assert.deepEqual(sections, []);
  });
});
