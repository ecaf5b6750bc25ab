import assert from 'node:assert/strict';
import { isSecretPath } from '../../../../src/common/secrets/secretFiles';

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
    'terraform.tfstate',
    'terraform.tfstate.backup',
    'kubeconfig',
    '/home/a/.kube/config',
    '/home/a/.docker/config.json',
    'C:\\Users\\a\\.aws\\credentials',
    '.ssh/deploy',
    'id_rsa.bak',
    'id_ed25519.old~',
    '.env.20240101',
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
    'config.json',
    'config',
    'docs/guide.asc',
    '.ssh/config',
    '.ssh/deploy.pub',
    'application.properties',
    'terraform.tf',
    '.env.example.bak',
    'monkey',
    '',
  ];
  for (const path of secret) it(`${path} is one`, () => assert.equal(isSecretPath(path), true));
  for (const path of ordinary) it(`${path || '(no name)'} is none`, () => assert.equal(isSecretPath(path), false));
});
