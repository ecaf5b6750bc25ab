import assert from 'node:assert/strict';
import { countTokens, fileNdcg, ndcg, shows, tokensRead } from '../../../bench/semble/score';

const place = (path: string, from: number, to: number) => ({ path, from, to });

describe('scores of places', () => {
  const wanted = place('a.ts', 10, 19);

  it('count a hit where most of it, or most of the function, is in the other', () => {
    for (const hit of [place('a.ts', 1, 40), place('a.ts', 12, 14), place('a.ts', 14, 19), place('a.ts', 14, 23)])
      assert.ok(shows(hit, wanted), `${hit.from}-${hit.to}`);
    for (const hit of [place('b.ts', 10, 19), place('a.ts', 1, 9), place('a.ts', 15, 24), place('a.ts', 19, 21)])
      assert.ok(!shows(hit, wanted), `${hit.from}-${hit.to}`);
  });

  it('halve with the logarithm of the rank, to the tenth', () => {
    const others = Array.from({ length: 12 }, (_, at) => place(`${at}.ts`, 1, 5));
    assert.equal(ndcg([wanted], wanted), 1);
    assert.equal(ndcg([...others.slice(0, 2), wanted], wanted), 1 / 2);
    assert.equal(ndcg([...others.slice(0, 10), wanted], wanted), 0);
    const beside = place('a.ts', 30, 40);
    assert.equal(fileNdcg([place('b.ts', 1, 2), place('b.ts', 3, 4), others[0]!, beside], wanted), 1 / 2);
    assert.equal(fileNdcg(others, wanted), 0);
  });

  it('read every hit up to the answer, and the file where none is', () => {
    const lines = ({ from, to }: { from: number; to: number }) => to - from + 1;
    const first = place('b.ts', 1, 5);
    assert.equal(
      tokensRead([first, wanted, first], wanted, lines, () => 100),
      15,
    );
    assert.equal(
      tokensRead([first, first], wanted, lines, () => 100),
      110,
    );
    assert.equal(
      tokensRead([], wanted, lines, () => 100),
      100,
    );
    assert.equal(countTokens('if (a_b !== 12) {\n}'), 10);
  });
});
