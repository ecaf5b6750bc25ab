import assert from 'node:assert/strict';
import { Glassbox, ReplaceAll } from '../../../bench/next-edit/contenders';
import type { Contender, Proposal } from '../../../bench/next-edit/contenders';
import { LanguageServerRename } from '../../../bench/next-edit/rename';
import { emptyTally, replay } from '../../../bench/next-edit/replay';
import { stepBetween } from '../../../bench/next-edit/steps';

const linesOf = (key: string): string =>
  `const ${key} = 1;\n` + Array.from({ length: 6 }, (_, at) => `keep${at};\nf${at}(${key}, ${at});\n`).join('');
const step = stepBetween('p', new Map([['a.ts', linesOf('oldKey')]]), new Map([['a.ts', linesOf('identifier')]]))!;

const play = async (contender: Contender) => {
  const tally = emptyTally();
  await replay(step, contender, tally);
  return tally;
};

describe('a step that is played', () => {
  it('counts what repeats', async () => {
    const { hunks, repeating, repeatingTwice, later, shown } = await play({ begin: () => undefined, after: () => [] });
    assert.equal(hunks, 7);
    assert.deepEqual([repeating.all, repeatingTwice.all, later.all], [6, 5, 6]);
    assert.deepEqual([repeating.predicted, shown.all], [0, 0]);
  });

  it('is made by one replacement, where every word that is changed goes everywhere', async () => {
    const { repeating, shown, lone } = await play(new ReplaceAll());
    assert.deepEqual([repeating.predicted, shown], [6, { all: 6, right: 6 }]);
    assert.deepEqual(lone, { all: 0, wrong: 0 });
  });

  it("is made by the language server's rename", async () => {
    assert.deepEqual((await play(new LanguageServerRename())).repeating, { all: 6, predicted: 6 });
  });

  it('is made in part by what is proposed, which is all right here', async () => {
    const { repeatingTwice, shown } = await play(new Glassbox());
    assert.ok(repeatingTwice.predicted >= 1);
    assert.equal(shown.right, shown.all);
  });

  it('counts what is wrong after a change that nothing repeats', async () => {
    class Wrong implements Contender {
      begin(): void {
        return;
      }
      after(): Proposal[] {
        return [{ path: 'a.ts', start: 0, end: 0, text: 'nonsense ' }];
      }
    }
    const { shown, lone } = await play(new Wrong());
    assert.deepEqual(
      [shown, lone],
      [
        { all: 7, right: 0 },
        { all: 1, wrong: 1 },
      ],
    );
  });
});
