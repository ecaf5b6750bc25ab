import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { AskAhead } from '../../../../src/features/completion/askAhead';
import type { Foreseen } from '../../../../src/features/completion/askAhead';
import { at } from './place';

const wish = { path: 'a.ts' };

/** Asks a script of texts; `asked` has the places, with what stands before their cursors. */
function setUp(texts: readonly string[], isShown = (text: string) => text !== '') {
  const asked: { prefix: string; signal: AbortSignal }[] = [];
  const ahead = new AskAhead<typeof wish>(({ prefix }, _, signal): Promise<Foreseen> => {
    asked.push({ prefix, signal });
    const text = texts[asked.length - 1];
    return text === undefined ? new Promise(() => undefined) : Promise.resolve({ text, isShown: isShown(text) });
  }, 1);
  const until = async (count: number) => {
    for (let waited = 0; asked.length < count && waited < 2_000; waited += 5) await sleep(5);
    await sleep(5);
    return asked.map(({ prefix }) => prefix);
  };
  return { ahead, asked, until };
}

describe('asking ahead', () => {
  it('asks for the place behind the suggestion, and no further where something is shown there', async () => {
    const { ahead, until } = setUp(['.then()']);
    ahead.follow(at('  a|\n'), { text: '.b()', replaces: 0 }, wish);
    assert.deepEqual(await until(1), ['  a.b()']);
    await sleep(20);
    assert.deepEqual(await until(1), ['  a.b()']);
  });

  it('asks for the next line where nothing follows on this one, and remembers that', async () => {
    const { ahead, until } = setUp(['', 'c();']);
    ahead.follow(at('  a|\n'), { text: '.b();', replaces: 0 }, wish);
    assert.deepEqual(await until(2), ['  a.b();', '  a.b();\n  ']);
    assert.equal(ahead.isSilent(at('  a.b();|\n')), true);
    assert.equal(ahead.isSilent(at('  a.b();\n  |\n')), false);
    ahead.forget();
    assert.equal(ahead.isSilent(at('  a.b();|\n')), false);
  });

  it('asks for the next line also where what follows is too unsure, which is not silence', async () => {
    const { ahead, until } = setUp(['.c()'], () => false);
    ahead.follow(at('a|\n'), { text: '.b();', replaces: 0 }, wish);
    assert.deepEqual(await until(2), ['a.b();', 'a.b();\n']);
    assert.equal(ahead.isSilent(at('a.b();|\n')), false);
  });

  it('ends at once where it is cancelled, and asks nothing more', async () => {
    const { ahead, asked, until } = setUp([]);
    ahead.follow(at('a|\n'), { text: 'b', replaces: 0 }, wish);
    await until(1);
    ahead.cancel();
    assert.equal(asked[0]?.signal.aborted, true);
    ahead.follow(at('a|\n'), { text: 'c', replaces: 0 }, wish);
    ahead.cancel();
    await sleep(20);
    assert.equal(asked.length, 1);
  });

  it('drops what fails', async () => {
    const ahead = new AskAhead<typeof wish>(() => Promise.reject(new Error('no engine')), 0);
    ahead.follow(at('a|\n'), { text: 'b', replaces: 0 }, wish);
    await sleep(20);
    assert.equal(ahead.isSilent(at('ab|\n')), false);
  });
});
