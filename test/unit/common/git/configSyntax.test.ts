import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readVariables } from '../../../../src/common/git/configSyntax';

describe('the syntax of git configuration', () => {
  const read = (text: string) => readVariables(text).map(({ name, value }) => [name, value]);

  it('has sections, names in any case, comments and values in quotes', () => {
    assert.deepEqual(
      read(
        '\ufeff# first\n[Core]\r\n\tIgnoreCase\n excludesFile = "~/my ignores"  ; here\r\n[remote "O\\"n"] url=a b \\\n  c\n[a.B] c = x\\ty # z\n',
      ),
      [
        ['core.ignorecase', undefined],
        ['core.excludesfile', '~/my ignores'],
        ['remote.O"n.url', 'a b   c'],
        ['a.b.c', 'x\ty'],
      ],
    );
    assert.deepEqual(read('[a] b = "# no; comment" c\n'), [['a.b', '# no; comment c']]);
    assert.deepEqual(read('[a]\nb ='), [['a.b', '']]);
  });

  it('ends where it is broken, with what was said before', () => {
    for (const broken of ['[b\nc = 1', '= 1', 'c = "1\nd = 2', 'c = \\x', '1 = 2'])
      assert.deepEqual(read(`[a]\nb = 1\n${broken}\n`), [['a.b', '1']], broken);
  });

  it('gives back every value that is written in quotes', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (value) => {
        fc.pre(!value.includes('\r'));
        const written = value.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
        assert.deepEqual(read(`[a]\nb = "${written}"\nc = 1\n`), [
          ['a.b', value],
          ['a.c', '1'],
        ]);
      }),
    );
  });

  it('is read in linear time', () => {
    const start = performance.now();
    readVariables(`[a]\n${'b = "c" # d\n'.repeat(20_000)}`);
    readVariables('[a'.repeat(100_000));
    readVariables(`[a]\n${' ;'.repeat(200_000)}`);
    assert.ok(performance.now() - start < 5_000);
  });
});
