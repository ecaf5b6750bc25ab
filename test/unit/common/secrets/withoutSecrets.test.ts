import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdsSecret } from '../../../../src/common/secrets/secretLines';
import { withoutKeys, withoutSecrets } from '../../../../src/common/secrets/withoutSecrets';
import { plantedSecrets } from '../../../support/plantedSecrets';
import { root } from '../../../support/paths';

const shownOf = (path: string, line: string, secrets: readonly string[]) => {
  const shown = withoutSecrets(`before\n${line}\nbehind`, path);
  return secrets.filter((secret) => shown.includes(secret));
};

describe('text without secrets', () => {
  for (const name of ['known', 'heldOut'] as const)
    it(`has none of those that are planted (${name}), 98 of 100 at least`, () => {
      const all = [1, 2, 3].flatMap((seed) => plantedSecrets(root, name, seed));
      const left = all.filter(({ path, line, secrets }) => shownOf(path, line, secrets).length > 0);
      assert.ok(left.length <= all.length * 0.02, left.map(({ path, line }) => `${path}: ${line}`).join('\n'));
    });

  it('keeps what looks like one and is none', () => {
    const rows = readFileSync(join(root, 'test/fixtures/secrets/lookalikes.tsv'), 'utf8').trim().split('\n');
    for (const row of rows) {
      const [path = '', line = ''] = row.split('\t');
      assert.equal(withoutSecrets(line, path), line, row);
    }
  });

  it('keeps every other character at its place', () => {
    // Put together here, so that no scanner takes the examples for real ones.
    const password = ['hunter', '2hunter', '2'].join('');
    const text = `a\r\n\tpassword: "${password}",\r\nb\n`;
    assert.equal(withoutSecrets(text, 'a.ts'), `a\r\n${' '.repeat(text.split('\r\n')[1]!.length)}\r\nb\n`);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (any) => {
        const shown = withoutSecrets(any, 'a.txt');
        assert.equal(shown.length, any.length);
        for (let at = 0; at < any.length; at++) assert.ok(shown[at] === any[at] || shown[at] === ' ');
        assert.equal(withoutSecrets(shown, 'a.txt'), shown);
      }),
    );
  });

  it('has nothing of a file that holds secrets by its name', () =>
    assert.equal(withoutSecrets('a\nb', '/w/.env').trim(), ''));

  it('has no private key, whole or cut', () => {
    const [begin, end] = ['BEGIN', 'END'].map((word) => ['-----' + word, 'RSA', 'PRIVATE', 'KEY-----'].join(' '));
    const body = `${'QUJD'.repeat(16)}\n`.repeat(9);
    for (const text of [`${begin}\n${body}${end}`, `${begin}\n${body}`, `${body}${end}`])
      assert.equal(withoutKeys(text).trim(), '', text.slice(0, 40));
    assert.equal(withoutKeys(`a\n${begin}\n${body}${end}\nb`).replaceAll(/\s+/g, ' '), 'a b');
  });

  it('takes time in proportion to a text, whatever it repeats', () => {
    const parts = [
      'eyJ-',
      'eyJa.eyJa.',
      '://a:',
      ':',
      'password=',
      'password: "',
      'key ',
      'mysql ',
      '${password',
      'auth=(',
      '8Q~',
      'token',
    ];
    for (const part of parts) {
      const start = performance.now();
      withoutSecrets(part.repeat(500_000 / part.length), 'a.conf');
      assert.ok(performance.now() - start < 15_000, part);
    }
  });

  it('knows the values of one setting in each way of writing it', () => {
    const value = ['Sup3r', 'S3cret', '9'].join('');
    for (const [path, line] of [
      ['application.properties', `spring.datasource.password=${value}`],
      ['a.yaml', `password: ${value}`],
      ['a.sh', `export DB_PASSWORD=${value}`],
      ['Dockerfile', `ENV DB_PASSWORD ${value}`],
      ['a.xml', `<password>${value}</password>`],
      ['a.ts', `const password = '${value}'`],
      ['a.ts', `// export DB_PASSWORD=${value}`],
      ['', `connecting to redis://:${value}@cache:6379`],
    ] as const)
      assert.ok(holdsSecret(line, path), line);
  });
});
