import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isSecretPath } from '../../../../src/common/secrets/secretFiles';
import { holdsSecret } from '../../../../src/common/secrets/secretLines';
import { withoutKeys, withoutSecrets } from '../../../../src/common/secrets/withoutSecrets';
import { lookalikes, plantedFiles, plantedSecrets } from '../../../support/plantedSecrets';
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

  it('has none of those that stand among other lines, and every other line', () => {
    const [missed, lost]: [string[], string[]] = [[], []];
    const files = [1, 2, 3].flatMap((seed) => plantedFiles(root, seed));
    for (const { path, lines } of files) {
      const shown = withoutSecrets(lines.map(({ line }) => line).join('\n'), path).split('\n');
      for (const [at, { line, secrets, stays }] of lines.entries()) {
        if (secrets.some((secret) => shown[at]!.includes(secret))) missed.push(`${path}: ${line}`);
        if (stays && !isSecretPath(path) && shown[at] !== line) lost.push(`${path}: ${line}`);
      }
    }
    const planted = files.flatMap(({ lines }) => lines).filter(({ secrets }) => secrets.length > 0).length;
    assert.ok(missed.length <= planted * 0.02, missed.join('\n'));
    assert.deepEqual(lost, []);
  });

  it('keeps what looks like one and is none', () => {
    for (const { path, line } of lookalikes(root)) assert.equal(withoutSecrets(line, path), line);
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

  it('keeps code that looks for the lines around a private key', () => {
    const [begin, end] = ['BEGIN', 'END'].map((word) => ['-----' + word, 'PRIVATE', 'KEY-----'].join(' '));
    for (const code of [
      `const begin = '${begin}';\n\nexport function parse(text: string): string {\n  return text;\n}\n`,
      `text.replace('${begin}', '');\nimport { a } from '${'a/'.repeat(40)}';\ntext.replace('${end}', '');\n`,
      `${begin}\nAsk the team lead for the key.\n`,
      `const lines = ['${begin}', '${end}'];\n`,
    ])
      assert.equal(withoutKeys(code), code);
    const body = 'QUJD'.repeat(16);
    for (const key of [
      `"${begin}\\n${body}\\n${body}\\n${end}\\n"`,
      `'${begin}\\n' +\n  '${body}\\n' +\n  '${body}\\n' +\n  '${end}\\n'`,
      `${begin}\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0011\n\n${body}\n${body}`,
      `PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 2\n${body}\n${body}\nPrivate-MAC: 00`,
      `key: ${begin}${body}`,
    ])
      assert.ok(!withoutKeys(`before\n${key}\nbehind`).includes('QUJD'), key);
    assert.match(withoutKeys(`${begin}\n${body}\n\nbehind it`), /behind it$/);
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
      'name: TOKEN\n',
      'cookie: ',
      'token: |\n ',
      'set -x KEY ',
      '-----BEGIN' + ' PRIVATE KEY-----',
      '-----BEGIN' + ' PRIVATE KEY-----\nAAAA\n',
      'Private-Lines: 1\nA',
      '\n',
    ];
    for (const part of parts) {
      const start = performance.now();
      withoutSecrets(part.repeat(500_000 / part.length), 'a.conf');
      assert.ok(performance.now() - start < 15_000, part);
    }
  });

  it('looks for the end of a long line once, and not for each of its names', () => {
    const start = performance.now();
    withoutSecrets('password: "'.repeat(400_000), 'a.conf');
    assert.ok(performance.now() - start < 15_000);
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
      ['a.ts', `const password =\n  '${value}';`],
      ['a.yaml', `- name: DB_PASSWORD\n  value: ${value}`],
      ['a.yaml', `password: |\n  ${value}\n`],
      ['a.json', `{ "name": "DB_PASSWORD", "value": "${value}" }`],
      ['a.tf', `variable "db_password" {\n  type = string\n  default = "${value}"\n}`],
      ['a.pl', `$ENV{DB_PASSWORD} = '${value}';`],
      ['a.fish', `set -gx DB_PASSWORD ${value}`],
      ['a.sh', `export DB_PASSWORD="$(echo -n '${value}')"`],
      ['a.go', `request.SetBasicAuth("admin", "${value}")`],
      ['', `connecting to redis://:${value}@cache:6379`],
    ] as const)
      assert.ok(holdsSecret(line, path), line);
  });
});
