import assert from 'node:assert/strict';
import { promisify } from 'node:util';
import { loopbackLookup, onlyLoopback } from '../../../../src/servers/http/loopbackLookup';

describe('servers/http/loopbackLookup', () => {
  it('leaves only addresses of this machine', () => {
    const found = [
      { address: '10.0.0.7', family: 4 },
      { address: '127.0.0.1', family: 4 },
      { address: '::1', family: 6 },
      { address: '::ffff:10.0.0.7', family: 6 },
    ];
    assert.deepEqual(
      onlyLoopback(found).map(({ address }) => address),
      ['127.0.0.1', '::1'],
    );
  });

  it('finds localhost', async () => {
    const all = (await promisify(loopbackLookup)('localhost', { all: true })) as unknown as { address: string }[];
    assert.ok(all.length > 0);
  });

  it('refuses an address that is not loopback', async () => {
    await assert.rejects(promisify(loopbackLookup)('10.0.0.7', {}), /does not lead to this machine/);
  });
});
