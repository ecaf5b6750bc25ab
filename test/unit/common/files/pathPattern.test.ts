import assert from 'node:assert/strict';
import fc from 'fast-check';
import { pathPattern } from '../../../../src/common/files/pathPattern';

describe('patterns of paths', () => {
  const fits = (pattern: string, path: string) => pathPattern(pattern)(path);

  it('know names, folders and anything', () => {
    for (const [pattern, path] of [
      ['*.ts', 'src/a.ts'],
      ['A*.TS', 'src/abc.ts'],
      ['src/*.ts', 'src/a.ts'],
      ['src/*.ts', 'x/src/a.ts'],
      ['src/**/a.ts', 'src/a.ts'],
      ['src/**/a.ts', 'src/x/y/a.ts'],
      ['src/**', 'src/x/y/a.ts'],
      ['**test**', 'a/testing/b.ts'],
      ['[a+b]*', 'x/[a+b]c'],
      ['*\n*', 'x/a\nb'],
    ] as const)
      assert.ok(fits(pattern, path), `${pattern} ${path}`);
    for (const [pattern, path] of [
      ['*.ts', 'src/a.tsx'],
      ['rc/*.ts', 'src/a.ts'],
      ['src/*.ts', 'src/x/a.ts'],
      ['src/**/a.ts', 'src/ba.ts'],
      ['src/*', 'src/x/a.ts'],
      ['a*', 'ba'],
    ] as const)
      assert.ok(!fits(pattern, path), `${pattern} ${path}`);
  });

  it('mean what an expression means, which takes longer', () => {
    const letters = { unit: fc.constantFrom('a', 'b', '/', '.'), maxLength: 12 };
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '*'), maxLength: 8 });
    fc.assert(
      fc.property(pattern, fc.string(letters), (written, path) => {
        assert.equal(fits(written, path), expressionOf(written).test(path));
      }),
      { numRuns: 5_000, examples: [['a*b**/a', 'a/b/b/a'], ['**/', 'a/'], ['***/a', 'a']] }, // prettier-ignore
    );
  });

  it('take no longer for more stars', () => {
    const start = performance.now();
    assert.ok(!fits('**a**a**a**a**a**a**a**a**a**a**ab', 'a/'.repeat(2_000)));
    assert.ok(!fits(`${'*a'.repeat(5_000)}b`, 'a'.repeat(4_000)));
    assert.ok(!fits(`${'**/'.repeat(3_000)}b`, 'a/'.repeat(2_000)));
    assert.ok(performance.now() - start < 5_000);
  });
});

function expressionOf(pattern: string): RegExp {
  const source = pattern.replaceAll(/\*\*+\/?|\*|\./g, (sign) => {
    if (sign === '*') return '[^/]*';
    if (sign === '.') return '\\.';
    return sign.endsWith('/') ? '(?:(?<![^/])|.*/)' : '.*';
  });
  return new RegExp(`^(?:|.*/)${source}$`);
}
