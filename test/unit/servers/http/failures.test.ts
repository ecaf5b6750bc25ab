import assert from 'node:assert/strict';
import { parseAddress } from '../../../../src/servers/address';
import type { ServerError, ServerErrorCode } from '../../../../src/servers/errors';
import { HttpClient } from '../../../../src/servers/http/client';
import { failureOf } from '../../../../src/servers/http/failures';
import { textLimits } from '../../../../src/servers/http/limits';
import { startFakeServer } from '../../../support/fakeServer';

const codes: Readonly<Record<string, ServerErrorCode>> = {
  CERT_HAS_EXPIRED: 'certificate',
  CERT_REVOKED: 'certificate',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate',
  ERR_SSL_WRONG_VERSION_NUMBER: 'invalid',
  EPROTO: 'invalid',
  HPE_INVALID_CONSTANT: 'invalid',
  HPE_HEADER_OVERFLOW: 'tooLarge',
  ECONNREFUSED: 'unreachable',
  ECONNRESET: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ETIMEDOUT: 'unreachable',
  '': 'unreachable',
};

describe('servers/http/failures', () => {
  for (const [code, kind] of Object.entries(codes)) {
    it(`takes ${code || 'an answer that broke off'} for ${kind}, in a sentence of ours`, () => {
      const error = code === '' ? undefined : Object.assign(new Error('words of the server'), { code });
      const failure = failureOf(error, 'https://a.example');
      assert.equal(failure.code, kind);
      assert.match(failure.message, /^[A-Z][^\n]*\.$/);
      assert.ok(!failure.message.includes('words'));
    });
  }

  it('says that a server without encryption does not speak https', async () => {
    const server = await startFakeServer('llama.cpp');
    const parsed = parseAddress(server.address.origin.replace('http:', 'https:'));
    assert.ok('address' in parsed);
    const http = new HttpClient({ address: parsed.address });
    const error: unknown = await http.json({ path: '/health', limits: textLimits }).catch((reason: unknown) => reason);
    assert.match((error as ServerError).message, /does not speak https\.$/);
    assert.equal(server.seen.length, 0);
    http.dispose();
    await server.close();
  });
});
