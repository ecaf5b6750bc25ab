import assert from 'node:assert/strict';
import fc from 'fast-check';
import { codeTokens } from '../../../../src/nearby/edits/codeTokens';

const told = (text: string): string[] => codeTokens(text).map((token) => `${token.kind} ${token.text}`);

describe('tokens of code', () => {
  it('are names, numbers, signs, what stands in quotes, and breaks', () => {
    assert.deepEqual(told("f(a1, 'b c') +\n\n  2.5"), [
      'name f', 'sign (', 'name a1', 'sign ,', "sign '", 'text b c', "sign '", 'sign )', 'sign +', 'break \n', 'number 2.5',
    ]); // prettier-ignore
  });

  it('know no quote that is never closed, or holds too much', () => {
    assert.deepEqual(told("don't"), ['name don', "sign '", 'name t']);
    assert.ok(!told(`'${'a '.repeat(200)}'`).some((token) => token.startsWith('text')));
  });

  it('are in their order, where they say, and leave nothing but blanks between them', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('ab1 \n\'"`\\.,(){}é👍\t')) }), (text) => {
        let end = 0;
        for (const token of codeTokens(text)) {
          assert.match(text.slice(end, token.start), /^\s*$/);
          assert.ok(token.end > token.start);
          if (token.kind !== 'break') assert.equal(text.slice(token.start, token.end), token.text);
          end = token.end;
        }
        assert.match(text.slice(end), /^\s*$/);
      }),
    );
  });
});
