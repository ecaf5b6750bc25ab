import assert from 'node:assert/strict';
import * as v from 'valibot';
import { suggestionsProtocol } from '../../../../../src/features/completion/messages';
import { figuresOf } from '../../../../../src/features/completion/learning/figures';
import { fold, noStatistics } from '../../../../../src/features/completion/learning/statistics';
import type { LearningEvent } from '../../../../../src/features/completion/learning/statistics';

const judged = (languageId: string, count: number, right: boolean): LearningEvent[] =>
  Array.from({ length: count }, () => ({ kind: 'judged', languageId, confidence: 0.5, right }));
const left = (languageId: string): LearningEvent => ({ kind: 'outcome', languageId, fate: 'left', words: 0, lines: 0, keysSaved: 0 }); // prettier-ignore
const figures = (events: LearningEvent[]) => figuresOf(events.reduce(fold, noStatistics()), () => 0.18);

describe('what the page of your suggestions is sent', () => {
  it('is empty where nothing was counted', () => {
    assert.deepEqual(figures([]), { languages: [], times: [] });
  });

  it('begins with all languages together, then the most used one', () => {
    const all = figures([left('go'), left('python'), left('python'), ...judged('go', 40, false)]);
    assert.deepEqual(all.languages.map(({ id, left: count }) => [id, count]), [['', 3], ['python', 2], ['go', 1]]); // prettier-ignore
    const [together, python, go] = all.languages;
    assert.equal(together!.threshold, undefined);
    assert.deepEqual(python!.threshold, { wanted: 0.18, learned: 0.18 });
    assert.ok(go!.threshold!.learned > 0.18);
    assert.deepEqual(go!.points, [{ confidence: 0.525, judged: 40, right: 0 }]);
  });

  it('is what the page takes', () => {
    const sent = { isLearning: true, ...figures([left('go'), ...judged('go', 5, true), { kind: 'took', ms: { known: 0.2, read: 40 } }]) };
    assert.ok(v.is(suggestionsProtocol.requests.figures.result, sent));
    assert.deepEqual(sent.times.map(({ stage, count }) => [stage, count]), [['known', 1], ['read', 1]]);
  }); // prettier-ignore
});
