import assert from 'node:assert/strict';
import { differenceOf, repeats } from '../../../bench/next-edit/repeats';

const repeat = (a: [string, string], b: [string, string]): boolean => {
  const [one, other] = [a, b].map(([old, now]) => differenceOf({ old: [old], now: [now] }));
  return repeats(one!, other!);
};

describe('a change repeats another', () => {
  it('where the same words go and come', () => {
    assert.ok(repeat(['a.old();', 'a.new();'], ['x(b.old)', 'x(b.new)']));
    assert.ok(!repeat(['a.old();', 'a.new();'], ['a.old();', 'a.other();']));
    assert.ok(!repeat(['f(1);', 'f(2);'], ['f(3);', 'f(2);']));
  });

  it('where names are exchanged that stand before and after', () => {
    assert.ok(repeat(['f(a);', 'f(g(a, 1));'], ['f(b);', 'f(g(b, 1));']));
    assert.ok(!repeat(['f(a);', 'f(g(a, 1));'], ['f(b);', 'f(h(b, 1));']), 'what is new is the same');
    assert.ok(!repeat(['a = b;', 'a = a;'], ['c = d;', 'c = e;']));
  });

  it('not where more goes, or comes', () => {
    assert.ok(!repeat(['f(a);', 'f(a, b);'], ['f(a);', 'f(a, b, b);']));
  });
});
