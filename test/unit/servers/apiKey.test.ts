import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { ApiKey } from '../../../src/servers/apiKey';

/** Made up. */
const secret = 'k'.repeat(8) + '-0123456789';

describe('servers/apiKey', () => {
  it('is read for the header, and for nothing else', () => {
    const key = ApiKey.parse(` ${secret}\n`);
    assert.ok(key instanceof ApiKey);
    assert.equal(key.authorization(), `Bearer ${secret}`);
    const printed = [
      String(key),
      JSON.stringify({ key }),
      inspect({ key }, { depth: 9, showHidden: true }),
      new Error('with '.concat(key.toString())).message,
      Object.entries(key).join(),
    ];
    for (const text of printed) assert.ok(!text.includes(secret), text);
  });

  it('is refused in a sentence without it where it could be more than one header', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const key = ApiKey.parse(text);
        if (key instanceof ApiKey) return /^Bearer [\x21-\x7e]+$/.test(key.authorization());
        return text.trim().length < 4 || !key.problem.includes(text.trim());
      }),
    );
    for (const text of ['', ' ', 'a b', 'a\r\nx: y', 'a\u0000', 'ключ', 'a'.repeat(5_000)])
      assert.ok(!(ApiKey.parse(text) instanceof ApiKey), text);
  });
});
