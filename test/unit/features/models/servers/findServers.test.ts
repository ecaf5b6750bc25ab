import assert from 'node:assert/strict';
import { lookAt, lookOnThisMachine, usualAddresses } from '../../../../../src/features/models/servers/findServers';
import type { FoundServer } from '../../../../../src/features/models/servers/findServers';
import type { ServerError } from '../../../../../src/servers/errors';
import { parseAddress } from '../../../../../src/servers/address';
import { HttpClient } from '../../../../../src/servers/http/client';
import { startFakeServer } from '../../../../support/fakeServer';
import type { FakeServer } from '../../../../support/fakeServer';

const { signal } = new AbortController();
const clientOf = (address: string): HttpClient => {
  const parsed = parseAddress(address);
  assert.ok('address' in parsed);
  return new HttpClient({ address: parsed.address });
};
const originOf = ({ address }: FakeServer): string => address.origin;

describe('the search for servers', () => {
  let [llama, ollama, page]: FakeServer[] = [];
  before(async () => {
    llama = await startFakeServer('llama.cpp');
    ollama = await startFakeServer('ollama');
    page = await startFakeServer('vllm', {
      raw: (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>'),
    });
  });
  after(() => Promise.all([llama!.close(), ollama!.close(), page!.close()]));

  it('finds those that are there, and takes no notice of what is no server of models, or of nothing', async () => {
    const gone = await startFakeServer('vllm');
    await gone.close();
    const found: FoundServer[] = [];
    const addresses = [gone, page!, llama!, ollama!].map(originOf);
    const look = await lookOnThisMachine((one) => Promise.resolve(clientOf(one)), signal, (one) => found.push(one), addresses); // prettier-ignore
    await look!.done;
    assert.deepEqual(
      new Map(found.map(({ address, description }) => [address, description.kind])),
      new Map([
        [originOf(llama!), 'llama.cpp'],
        [originOf(ollama!), 'Ollama'],
      ]),
    );
  });

  it('asks no address at all where the user declines, and asks the user once', async () => {
    const before = llama!.connections() + ollama!.connections();
    let asked = 0;
    const declined = (): Promise<undefined> => {
      asked++;
      return Promise.resolve(undefined);
    };
    const look = await lookOnThisMachine(declined, signal, () => assert.fail(), [llama!, ollama!].map(originOf));
    assert.equal(look, undefined);
    assert.equal(asked, 1);
    assert.equal(llama!.connections() + ollama!.connections(), before);
  });

  it('opens the others only when the user has answered for the first', async () => {
    const opened: string[] = [];
    let confirm = (): void => undefined;
    const confirmed = new Promise<void>((resolve) => (confirm = resolve));
    const open = async (address: string): Promise<HttpClient> => {
      opened.push(address);
      if (opened.length === 1) await confirmed;
      return clientOf(address);
    };
    const looking = lookOnThisMachine(open, signal, () => undefined, [llama!, ollama!].map(originOf));
    await new Promise(setImmediate);
    assert.deepEqual(opened, [originOf(llama!)]);
    confirm();
    await (await looking)!.done;
    assert.deepEqual(opened, [originOf(llama!), originOf(ollama!)]);
  });

  it('says why one address has no server', async () => {
    const refused = lookAt(originOf(page!), (one) => Promise.resolve(clientOf(one)), signal);
    await assert.rejects(refused, (error: ServerError) => error.code === 'invalid');
    assert.equal(await lookAt(originOf(page!), () => Promise.resolve(undefined), signal), undefined);
  });

  it('finds nothing any more once it was left', async () => {
    const left = new AbortController();
    const look = await lookOnThisMachine((one) => Promise.resolve(clientOf(one)), left.signal, () => assert.fail(), [originOf(llama!)]); // prettier-ignore
    left.abort();
    await look!.done;
  });

  it('knows the usual addresses, all of them on this machine, each once', () => {
    assert.equal(new Set(usualAddresses).size, usualAddresses.length);
    for (const address of usualAddresses) {
      const parsed = parseAddress(address);
      assert.ok('address' in parsed && parsed.address.isLoopback, address);
    }
  });
});
