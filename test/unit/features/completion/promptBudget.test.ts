import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PromptBudget } from '../../../../src/features/completion/promptBudget';

/** The budget after prompts that were read at these speeds, tokens a second. */
function budgetAfter(...speeds: number[]): number {
  const budget = new PromptBudget();
  for (const speed of speeds) budget.record({ prefillTokens: 500, prefillMs: 500_000 / speed });
  return budget.tokens;
}

describe('features/completion/promptBudget', () => {
  it('is what a laptop reads in time until the machine was measured, and long where it is fast', () => {
    assert.deepEqual(
      [budgetAfter(), budgetAfter(1_600), budgetAfter(8_000), budgetAfter(100_000)],
      [512, 512, 1_536, 2_048],
    );
    assert.deepEqual([budgetAfter(900), budgetAfter(100)], [256, 256]);
  });

  it('is not moved by a prompt of which little was read, nor by one slow run', () => {
    const budget = new PromptBudget();
    budget.record({ prefillTokens: 4, prefillMs: 40 });
    budget.record({ prefillTokens: 0, prefillMs: 0 });
    assert.equal(budget.tokens, 512);
    assert.equal(budgetAfter(1_800, 300, 1_700), 512);
  });

  it('is shorter after prompts that were given up, and as long as before once one is answered in time', () => {
    const budget = PromptBudget.ofServer();
    for (let given = 0; given < 3; given++) budget.recordAtMost(1_024, 250);
    assert.equal(budget.tokens, 1_024, 'What was given up at once says nothing.');
    budget.recordAtMost(1_024, 600);
    assert.equal(budget.tokens, 512);
    budget.recordAtMost(512, 600);
    assert.equal(budget.tokens, 512, 'The best of the last ones counts.');
    for (let given = 0; given < 4; given++) budget.recordAtMost(budget.tokens, 2_000);
    assert.equal(budget.tokens, 256);
    budget.record({ prefillTokens: 256, prefillMs: 50 });
    assert.equal(budget.tokens, 1_024);
  });

  it('is never made longer by prompts of which nobody knows how much was read', () => {
    const prompt = fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: 0, max: 5_000 }));
    fc.assert(
      fc.property(fc.array(prompt, { maxLength: 20 }), (prompts) => {
        const budget = PromptBudget.ofServer();
        for (const [tokens, ms] of prompts) {
          const before = budget.tokens;
          budget.recordAtMost(tokens, ms);
          assert.ok(budget.tokens <= before);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('follows a machine that becomes slower for good', () => assert.equal(budgetAfter(8_000, 800, 800, 800, 800), 256));

  it('does not flutter: speeds within a tenth of each other end at one length', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 200, max: 20_000 }),
        fc.array(fc.double({ min: 0.95, max: 1.05, noNaN: true }), { minLength: 8 }),
        (speed, noise) => {
          const budget = new PromptBudget();
          const seen = noise.map((factor) => {
            budget.record({ prefillTokens: 400, prefillMs: 400_000 / (speed * factor) });
            return budget.tokens;
          });
          const settled = new Set(seen.slice(4));
          assert.ok(settled.size <= 2);
          // It moves at most once, in one direction.
          const moves = seen.slice(4).filter((tokens, at, all) => at > 0 && tokens !== all[at - 1]);
          assert.ok(moves.length <= 1, seen.join(' '));
        },
      ),
    );
  });
});
