import assert from 'node:assert/strict';
import fc from 'fast-check';
import { changesBetween, linesOf } from '../../../../src/nearby/edits/changes';

describe('changes between two versions', () => {
  it('are told line by line where each line is alike the one before', () => {
    const changes = changesBetween('f(a, b);\nf(c, d);\n', 'f(a, b, 1);\nf(c, d, 1);\n');
    assert.deepEqual(changes, [
      { line: 0, old: ['f(a, b);\n'], now: ['f(a, b, 1);\n'] },
      { line: 1, old: ['f(c, d);\n'], now: ['f(c, d, 1);\n'] },
    ]);
  });

  it('are told together where other lines came', () => {
    const changes = changesBetween('a b c;\nd e f;\nx\n', 'one two;\nthree four;\nx\n');
    assert.deepEqual(changes, [{ line: 0, old: ['a b c;\n', 'd e f;\n'], now: ['one two;\n', 'three four;\n'] }]);
  });

  it('leave out those of blanks', () => {
    assert.deepEqual(changesBetween('if (a) {\nb();\n}\n', 'if (a) {\n  b();\n\n}\n'), []);
  });

  it('made one after the other, lead from one version to the other', () => {
    const line = fc.constantFrom('a', 'a b', 'a b c', 'x(1)', 'x(2)', '}');
    const version = fc.array(line, { maxLength: 12 }).map((lines) => lines.map((text) => `${text}\n`).join(''));
    fc.assert(
      fc.property(version, version, (before, after) => {
        const lines = linesOf(before);
        for (const { line: at, old, now } of changesBetween(before, after).toReversed()) {
          assert.deepEqual(lines.slice(at, at + old.length), old);
          lines.splice(at, old.length, ...now);
        }
        assert.equal(lines.join(''), after);
      }),
    );
  });
});
