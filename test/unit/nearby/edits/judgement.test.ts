import assert from 'node:assert/strict';
import fc from 'fast-check';
import { judgedConfidence, judgedTexts, preferenceOf } from '../../../../src/nearby/edits/judgement';
import type { Judgement } from '../../../../src/nearby/edits/judgement';

describe('what a model judges', () => {
  const lines = Array.from({ length: 60 }, (_, at) => `call${at}(value);`);
  const source = lines.join('\n');
  const texts = (line: number, made: string, text = 'value, true') => {
    const start = source.indexOf(`call${line}(`) + `call${line}(`.length;
    const edit = { path: 'a.ts', start, end: start + 'value'.length, text };
    const at = source.indexOf(made);
    const learntFrom = [{ path: 'a.ts', start: at, end: at + made.length }];
    return judgedTexts({ edit, learntFrom }, (path) => (path === 'a.ts' ? source : undefined));
  };

  it('is the lines before and after, below those above them', () => {
    const judged = texts(30, 'call28(value);');
    assert.deepEqual([judged?.old, judged?.now], ['call30(value);', 'call30(value, true);']);
    assert.ok(source.includes(judged!.before + judged!.old + judged!.behind));
    assert.ok(judged!.before.endsWith('call29(value);\n') && judged!.behind.startsWith('\ncall31(value);'));
  });

  it('has the last place where the edit was made in front, where that is not above anyway', () => {
    const judged = texts(50, 'call3(value);');
    assert.ok(judged!.before.includes('call3(value);') && judged!.before.endsWith('call49(value);\n'));
    assert.ok(!judged!.before.includes('call20('));
  });

  it('is nothing where the lines are long', () => {
    assert.equal(texts(30, 'call3(value);', 'x'.repeat(300)), undefined);
  });

  it('begins with the file, also where its first line is blank', () => {
    const edit = { path: 'a.ts', start: 1, end: 1, text: 'b' };
    const judged = judgedTexts({ edit, learntFrom: [] }, () => '\na\n');
    assert.deepEqual(judged, { before: '\n', old: 'a', now: 'ba', behind: '\n' });
  });
});

describe('a judgement', () => {
  const judgement = (old: number, now: number, behindOld = -5, behindNow = -5): Judgement => ({
    old: { logprob: old, tokens: 4, followed: behindOld, followingTokens: 8 },
    now: { logprob: now, tokens: 4, followed: behindNow, followingTokens: 8 },
  });
  const any = fc.double({ min: -200, max: 0, noNaN: true });
  const sure = fc.double({ min: 0.6, max: 0.95, noNaN: true });

  it('is a probability that grows with the evidence, and falls with how probable the old text is', () => {
    fc.assert(
      fc.property(
        sure,
        sure,
        any,
        any,
        any,
        any,
        fc.double({ min: 0, max: 100, noNaN: true }),
        (a, b, old, now, c, d, more) => {
          const one = judgement(old, now, c, d);
          const of = (confidence: number): number => judgedConfidence(confidence, one);
          assert.ok(of(a) >= 0 && of(a) <= 1);
          assert.ok(of(Math.max(a, b)) >= of(Math.min(a, b)));
          assert.ok(judgedConfidence(a, judgement(old - more, now, c, d)) >= of(a));
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('speaks for what the model would write, and against what it would not', () => {
    assert.ok(judgedConfidence(0.8, judgement(-12, -1)) > 0.65);
    assert.ok(judgedConfidence(0.8, judgement(-1, -12)) < 0.5);
    assert.ok(preferenceOf(judgement(-12, -1)) > 0.99 && preferenceOf(judgement(-1, -12)) < 0.01);
    assert.equal(preferenceOf(judgement(-3, -3)), 0.5);
  });
});
