import assert from 'node:assert/strict';
import fc from 'fast-check';
import { momentsOf, restOf } from '../../../bench/typing/edits';

const change = (before: string, old: string, inserted: string) => {
  const start = before.indexOf(old);
  return momentsOf('a.js', { before, start, end: start + old.length, inserted });
};

describe('the keys of a change', () => {
  it('delete what went, a key each, and type what came', () => {
    const moments = change('let total = sum(a);\n', 'let total = sum(a);\n', 'let total = max(a);\n');
    assert.deepEqual(
      moments.map(({ kind, prefix, suffix }) => [kind, `${prefix}|${suffix}`]),
      [
        ['delete', 'let total = su|(a);\n'],
        ['delete', 'let total = s|(a);\n'],
        ['delete', 'let total = |(a);\n'],
        ['type', 'let total = m|(a);\n'],
        ['type', 'let total = ma|(a);\n'],
        ['type', 'let total = max|(a);\n'],
      ],
    );
    assert.deepEqual(
      moments.map((moment) => restOf(moment)?.slice(0, 3)),
      [undefined, undefined, 'max', 'ax(', 'x(a', '(a)'],
    );
  });

  it('paste what is long, and what stands in the file already', () => {
    const line = 'const settings = readSettings(folder, defaults);\n';
    const pasted = change(`${line}// here\n`, '// here\n', `${line}// here\n`);
    assert.deepEqual(
      pasted.map(({ kind, prefix }) => [kind, prefix]),
      [['paste', line + line]],
    );
    assert.deepEqual(
      change('a\n', 'a\n', `a\n${'b;\n'.repeat(100)}`).map(({ kind }) => kind),
      ['paste'],
    );
  });

  it('delete more than a few letters as a selection', () => {
    const moments = change('one();\nthisIsLongEnough();\ntwo();\n', 'thisIsLongEnough();\n', '');
    assert.deepEqual(
      moments.map(({ kind, prefix, suffix }) => [kind, prefix, suffix]),
      [['delete', 'one();\n', 'two();\n']],
    );
  });

  it('begin where the cursor rests, behind what it deletes or before what is selected', () => {
    const arrivals = (before: string, old: string, inserted: string) =>
      change(before, old, inserted).map(({ arrival }) => arrival && `${arrival.prefix}|${arrival.suffix}`);
    assert.deepEqual(arrivals('sum(a);\n', 'sum', 'max'), ['sum|(a);\n', ...Array<undefined>(5).fill(undefined)]);
    assert.deepEqual(arrivals('f();\n', ')', 'a)'), ['f(|);\n']);
    assert.deepEqual(arrivals('one();\nthisIsLongEnough();\n', 'thisIsLongEnough();\n', ''), [
      'one();\n|thisIsLongEnough();\n',
    ]);
  });

  it('leave everything around the change as it was', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b(', ')', ' ', '\n', '"', '{', '}'), maxLength: 30 });
    fc.assert(
      fc.property(text, text, text, text, (head, old, now, tail) => {
        const edit = { before: head + old + tail, start: head.length, end: head.length + old.length, inserted: now };
        const moments = momentsOf('a.ts', edit);
        assert.equal(moments.length === 0, old === now);
        // But for the blanks of an empty line, which editors take away with the next one.
        const kept = head.replace(/ +$/, '');
        for (const { prefix, suffix, wanted } of moments) {
          assert.equal(wanted, head + now + tail);
          assert.ok(suffix.endsWith(tail));
          assert.ok(prefix.startsWith(kept) || head.startsWith(prefix));
        }
      }),
    );
  });
});
