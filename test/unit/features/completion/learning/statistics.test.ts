import assert from 'node:assert/strict';
import fc from 'fast-check';
import * as v from 'valibot';
import {
  confidenceBins,
  fold,
  merged,
  noStatistics,
  quantile,
  statisticsSchema,
  withoutJudgements,
} from '../../../../../src/features/completion/learning/statistics';
import type { LearningEvent } from '../../../../../src/features/completion/learning/statistics';

const fate = fc.constantFrom(
  'taken' as const,
  'takenPartly' as const,
  'typedOut' as const,
  'typedOver' as const,
  'left' as const,
);
const languageId = fc.oneof(fc.constantFrom('typescript', 'python', '__proto__', 'constructor', 'other'), fc.string());
const share = fc.double({ min: 0, max: 1, noNaN: true });
const ms = fc.option(fc.double({ min: 0, max: 1e9, noNaN: true }), { nil: undefined });
const event: fc.Arbitrary<LearningEvent> = fc.oneof(
  fc.record({ kind: fc.constant('outcome' as const), languageId, fate, words: fc.nat(3), lines: fc.nat(3), keysSaved: fc.nat(100) }),
  fc.record({ kind: fc.constant('judged' as const), languageId, confidence: share, right: fc.boolean() }),
  fc.record({ kind: fc.constant('kept' as const), languageId, look: fc.constantFrom(0 as const, 1 as const), unchanged: fc.boolean(), mostly: fc.boolean() }),
  fc.record({ kind: fc.constant('took' as const), ms: fc.record({ known: ms, copied: ms, written: ms, read: ms, decode: ms }) as fc.Arbitrary<Record<string, number>> }),
); // prettier-ignore
const folded = (events: readonly LearningEvent[]) => events.reduce(fold, noStatistics());
const outcomes = ({ languages }: ReturnType<typeof noStatistics>) =>
  Object.values(languages).reduce(
    (sum, one) => sum + one.taken + one.takenPartly + one.typedOut + one.typedOver + one.left,
    0,
  );

describe('statistics of suggestions', () => {
  it('count each event once and always fit the file', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 30 }), (events) => {
        const statistics = folded(events);
        assert.ok(v.is(statisticsSchema, JSON.parse(JSON.stringify(statistics))));
        assert.equal(outcomes(statistics), events.filter(({ kind }) => kind === 'outcome').length);
        const judged = Object.values(statistics.languages).flatMap((one) => one.judged);
        assert.equal(judged.reduce((sum, one) => sum + one, 0), events.filter(({ kind }) => kind === 'judged').length);
      }),
      { numRuns: 1_000 },
    );
  }); // prettier-ignore

  it('are the same whether one window has counted, or two', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 20 }), fc.array(event, { maxLength: 20 }), (first, second) => {
        assert.deepEqual(merged(folded(first), folded(second)), merged(noStatistics(), folded([...first, ...second])));
      }),
    );
  });

  it('tell no more languages apart than there is room for, and keep no name that is none', () => {
    const many = Array.from({ length: 200 }, (_, at): LearningEvent => ({
      kind: 'judged', languageId: `language${at}`, confidence: 0.5, right: true,
    })); // prettier-ignore
    const names = Object.keys(folded(many).languages);
    assert.ok(names.length <= 61 && names.includes('other'));
    const odd: LearningEvent = { kind: 'judged', languageId: 'const secret = "x";', confidence: 0.5, right: true };
    assert.deepEqual(Object.keys(folded([odd]).languages), ['other']);
  });

  it('let older judgements count half', () => {
    const judged = Array.from({ length: 1_001 }, (): LearningEvent => ({ kind: 'judged', languageId: 'go', confidence: 0.5, right: true }));
    const { languages } = merged(noStatistics(), folded(judged));
    assert.equal(languages.go!.judged[confidenceBins / 2], 500.5);
  }); // prettier-ignore

  it('lose what thresholds are learned from, and nothing else', () => {
    const statistics = withoutJudgements(
      folded([
        { kind: 'judged', languageId: 'go', confidence: 0.5, right: true },
        { kind: 'outcome', languageId: 'go', fate: 'taken', words: 0, lines: 0, keysSaved: 7 },
      ]),
    );
    assert.equal(statistics.languages.go!.keysSaved, 7);
    assert.deepEqual(
      statistics.languages.go!.judged,
      Array.from({ length: confidenceBins }, () => 0),
    );
  });

  it('give quantiles that are wrong by less than a factor of √2, of what took more than a millisecond', () => {
    const took = fc.double({ min: 1, minExcluded: true, max: 100_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(took, { minLength: 1, maxLength: 200 }), (all) => {
        const { times } = folded(all.map((one) => ({ kind: 'took', ms: { known: one } })));
        const sorted = [...all].sort((a, b) => a - b);
        for (const at of [0.5, 0.95]) {
          const exact = sorted[Math.ceil(at * all.length) - 1]!;
          const found = quantile(times.known, at)!;
          assert.ok(found / exact < Math.SQRT2 + 1e-9 && exact / found < Math.SQRT2 + 1e-9, `${found} for ${exact}`);
        }
      }),
    );
    const { times } = folded([{ kind: 'took', ms: { known: 1 } }]);
    assert.equal(quantile(times.known, 0.5), 0.5);
    assert.equal(quantile(noStatistics().times.known, 0.5), undefined);
  }); // prettier-ignore
});
