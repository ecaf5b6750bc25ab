import assert from 'node:assert/strict';
import { at } from './place';
import { asking, never, setUp, textOf, textsOf, wish } from './scriptedEngine';

describe('the completer, where texts are too improbable to be written on', () => {
  it('never shows the beginning of what was given up, and asks anew as soon as something is typed', async () => {
    for (const begun of ['bc', '']) {
      const { engine, completer } = setUp();
      const given = { ...wish, minimumConfidence: 0.2 };
      const first = completer.suggest(at('a|'), given, never);
      const asked = await engine.ask(0);
      assert.equal(asked.params.minConfidence, 0.2);
      asked.giveUp(begun);
      assert.equal(textOf(await first), '(unsure)');
      const behind = completer.suggest(at('ab|'), given, never);
      (await engine.ask(1)).finish('cde');
      assert.equal(textOf(await behind), 'cde');
    }
  });

  it('has what was given up written whole where it is asked for by command', async () => {
    const { engine, completer } = setUp();
    const first = completer.suggest(at('a|'), { ...wish, minimumConfidence: 0.2 }, never);
    (await engine.ask(0)).giveUp('bc');
    assert.equal(textOf(await first), '(unsure)');
    const chosen = completer.suggest(at('a|'), { ...asking, minimumConfidence: 0.2 }, never);
    const asked = await engine.ask(1);
    assert.equal(asked.params.minConfidence, undefined);
    asked.finish('bcd', ['e']);
    assert.deepEqual(textsOf(await chosen), ['bcd', 'e']);
    assert.equal(textOf(await completer.suggest(at('ab|'), wish, never)), 'cd');
  });

  it('compares fewer texts on a line that was answered already', async () => {
    const { engine, completer } = setUp();
    const compared = async (place: string, request = wish): Promise<number | undefined> => {
      const outcome = completer.suggest(at(place), request, never);
      const asked = engine.asked.length;
      const one = await engine.ask(asked);
      one.finish('one;');
      await outcome;
      return one.params.candidates;
    };
    const counts = [
      await compared('a|\n'),
      await compared('ab|\n'),
      await compared('ab|\n', asking),
      await compared('ab\nc|\n'),
    ];
    assert.deepEqual(counts, [4, 2, 4, 4]);
  });
});
