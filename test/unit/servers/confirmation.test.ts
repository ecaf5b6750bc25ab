import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseAddress } from '../../../src/servers/address';
import type { ServerAddress } from '../../../src/servers/address';
import { confirmationKey, confirmationQuestion, permissionFor, whoseLoopback } from '../../../src/servers/confirmation';
import { t } from '../../support/translate';

function addressOf(text: string): ServerAddress {
  const parsed = parseAddress(text);
  assert.ok('address' in parsed);
  return parsed.address;
}

const addresses = [
  'http://127.0.0.1:8080',
  'http://localhost:11434',
  'https://a.example',
  'https://a.example:8443',
  'https://b.example',
].map(addressOf);
const remotes = [undefined, 'wsl', 'ssh-remote', 'dev-container', 'attached-container', 'codespaces', 'tunnel'];
const anyAddress = fc.constantFrom(...addresses);
const anyRemote = fc.constantFrom(...remotes);

describe('servers/confirmation', () => {
  it('lets nothing be sent in Restricted Mode, whatever was confirmed', () => {
    fc.assert(
      fc.property(anyAddress, anyRemote, (address, remote) => {
        const confirmed = [confirmationKey(address, remote)];
        return permissionFor(address, { trusted: false, remote, confirmed }) === 'restricted';
      }),
    );
  });

  it('asks for each host, port and machine by itself, and for loopback once a machine', () => {
    fc.assert(
      fc.property(anyAddress, anyRemote, anyAddress, anyRemote, (address, remote, other, otherRemote) => {
        const confirmed = [confirmationKey(other, otherRemote)];
        const permission = permissionFor(address, { trusted: true, remote, confirmed });
        const sameMachine = remote === otherRemote;
        const same = sameMachine && (address.origin === other.origin || (address.isLoopback && other.isLoopback));
        return permission === (same ? 'allowed' : address.isLoopback ? 'askLoopback' : 'askHost');
      }),
    );
  });

  it('asks anew before all that is searched is sent, whatever was confirmed for excerpts', () => {
    fc.assert(
      fc.property(anyAddress, anyRemote, (address, remote) => {
        const [few, all] = [[confirmationKey(address, remote)], [confirmationKey(address, remote, 'workspace')]];
        const of = (confirmed: string[], reach: 'excerpts' | 'workspace') =>
          permissionFor(address, { trusted: true, remote, confirmed }, reach);
        return (
          of(few, 'workspace') !== 'allowed' && of(all, 'excerpts') !== 'allowed' && of(all, 'workspace') === 'allowed'
        );
      }),
    );
    for (const address of addresses)
      assert.match(confirmationQuestion(address, undefined, t, 'workspace'), /all files that are searched/);
  });

  it('names the host in every question, and says whose loopback is meant', () => {
    for (const address of addresses) assert.ok(confirmationQuestion(address, undefined, t).includes(address.origin));
    const said = remotes.map((remote) => whoseLoopback(remote, t));
    assert.match(said[0] ?? '', /this machine/);
    assert.match(said[1] ?? '', /WSL/);
    assert.match(said[2] ?? '', /connected to/);
    for (const sentence of said.slice(3, 6)) assert.match(sentence, /container/);
    assert.match(said[6] ?? '', /tunnel/);
    // Only the machine before the user has nothing leave it.
    assert.deepEqual(said.filter((sentence) => sentence.includes('nothing leaves')).length, 1);
  });
});
