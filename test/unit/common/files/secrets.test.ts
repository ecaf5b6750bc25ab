import assert from 'node:assert/strict';
import { isSecretPath, looksSecret } from '../../../../src/common/files/secrets';

describe('files that hold secrets', () => {
  const secret = [
    '.env',
    '/a/.env.local',
    'C:\\a\\.ENV',
    'production.env',
    '.npmrc',
    '.netrc',
    'id_rsa',
    'id_ed25519',
    'server.pem',
    'server.key',
    'store.jks',
    'credentials',
    'secrets.yaml',
    'service-account-prod.json',
    'main.tfvars',
  ];
  const ordinary = [
    '.env.example',
    '.env.sample',
    'environment.ts',
    'env.ts',
    'id_rsa.pub',
    'keys.ts',
    'secrets.ts',
    'credentials.py',
    'package.json',
    'monkey',
    '',
  ];
  for (const path of secret) it(`${path} is one`, () => assert.equal(isSecretPath(path), true));
  for (const path of ordinary) it(`${path || '(no name)'} is none`, () => assert.equal(isSecretPath(path), false));
});

describe('text that looks like a secret', () => {
  // Put together here, so that no scanner takes the examples for real ones.
  const secret = [
    ['-----BEGIN', 'PRIVATE KEY-----'].join(' '),
    `key = "AKIA${'ABCD1234'.repeat(2)}"`,
    `token: "ghp_${'a1B2'.repeat(9)}"`,
    `"xoxb-${'1234567890'.repeat(2)}"`,
    ['postgres://admin', 's3cr3tpass@db.example.com'].join(':'),
    `apiKey: "${'q8w7'.repeat(3)}"`,
  ];
  const ordinary = [
    'password = input("Password: ")',
    'password: "${PASSWORD}"',
    'token = "<your token>"',
    'const secret = process.env.SECRET;',
    'api_key = "placeholder"',
    'https://example.com/path@2',
    'sha = "d41d8cd98f00b204e9800998ecf8427e"',
  ];
  for (const text of secret) it(`${text.slice(0, 12)}…`, () => assert.equal(looksSecret(text), true));
  for (const text of ordinary) it(`not ${text}`, () => assert.equal(looksSecret(text), false));
});
