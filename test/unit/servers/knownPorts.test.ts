import assert from 'node:assert/strict';
import { knownPorts } from '../../../src/servers/knownPorts';

describe('servers/knownPorts', () => {
  it('are of this machine only, and no two alike', () => {
    assert.ok(knownPorts.length >= 8);
    assert.ok(knownPorts.every(({ address }) => address.isLoopback));
    assert.equal(new Set(knownPorts.map(({ address }) => address.origin)).size, knownPorts.length);
  });
});
