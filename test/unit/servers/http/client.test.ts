import assert from 'node:assert/strict';
import http, { Agent, createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ApiKey } from '../../../../src/servers/apiKey';
import { ServerError } from '../../../../src/servers/errors';
import type { ServerErrorCode } from '../../../../src/servers/errors';
import { HttpClient } from '../../../../src/servers/http/client';
import { questionLimits } from '../../../../src/servers/http/limits';
import type { HttpLimits } from '../../../../src/servers/http/limits';
import { startFakeServer } from '../../../support/fakeServer';
import type { Behaviour, FakeServer } from '../../../support/fakeServer';

const secret = 'k'.repeat(20);
/** Where an answer comes, however busy the machine is. */
const patient: HttpLimits = { maxBytes: 10_000, firstByteMs: 60_000, silenceMs: 60_000, totalMs: 60_000 };
/** Where none comes. */
const quick: HttpLimits = { ...patient, firstByteMs: 200, silenceMs: 200 };

describe('servers/http/client', () => {
  let server: FakeServer;
  let client: HttpClient;
  beforeEach(async () => {
    server = await startFakeServer('llama.cpp');
    const apiKey = ApiKey.parse(secret);
    assert.ok(apiKey instanceof ApiKey);
    client = new HttpClient({ address: server.address, apiKey });
  });
  afterEach(async () => {
    client.dispose();
    await server.close();
  });

  const failure = async (raw: Behaviour['raw'], limits = patient): Promise<ServerError> => {
    server.behaviour = raw ? { raw } : {};
    const error: unknown = await client.json({ path: '/x', limits }).catch((reason: unknown) => reason);
    assert.ok(error instanceof ServerError);
    assert.match(error.message, /^[A-Z][^\n]*\.$/);
    assert.ok(!error.message.includes(secret) && !error.message.includes('words of the server'), error.message);
    return error;
  };

  it('asks with the key and for text that is not packed, and uses a connection again', async () => {
    const asked = [1, 2, 3].map(() => () => client.json({ path: '/health', limits: questionLimits }));
    for (const ask of asked) assert.deepEqual(await ask(), { status: 'ok' });
    assert.equal(server.connections(), 1);
    const { method, headers, body } = server.seen[0]!;
    assert.deepEqual([method, headers.authorization, body], ['GET', `Bearer ${secret}`, undefined]);
    assert.equal(headers['accept-encoding'], 'identity');
  });

  it('asks loopback by itself, although VS Code puts its proxy before the function that makes requests', async () => {
    const own = http.request;
    http.request = () => assert.fail('It is left to the proxy whether this machine is asked.');
    try {
      assert.deepEqual(await client.json({ path: '/health', limits: questionLimits }), { status: 'ok' });
    } finally {
      http.request = own;
    }
  });

  it('connects by the agent that it is given, and leaves that alone', async () => {
    const agent = new Agent({ keepAlive: true });
    const other = new HttpClient({ address: server.address, agent });
    await other.json({ path: '/health', limits: questionLimits });
    assert.equal(Object.keys(agent.freeSockets).length, 1);
    other.dispose();
    assert.equal(Object.keys(agent.freeSockets).length, 1);
    agent.destroy();
  });

  const statuses: readonly (readonly [number, Readonly<Record<string, string>>, ServerErrorCode])[] = [
    [301, { location: 'https://elsewhere.example/' }, 'redirected'],
    [302, { location: '/other' }, 'redirected'],
    [307, { location: 'http://127.0.0.1.example.com/' }, 'redirected'],
    [308, {}, 'redirected'],
    [401, {}, 'unauthorized'],
    [403, {}, 'unauthorized'],
    [400, {}, 'unsupported'],
    [404, {}, 'unsupported'],
    [501, {}, 'unsupported'],
    [429, { 'retry-after': '7' }, 'busy'],
    [503, {}, 'busy'],
    [500, {}, 'failed'],
    [502, {}, 'failed'],
    [504, {}, 'deadline'],
    [204, {}, 'invalid'],
    [206, {}, 'invalid'],
    [200, { 'content-type': 'text/html; charset=utf-8' }, 'invalid'],
    [200, { 'content-type': 'application/json; charset=iso-8859-1' }, 'invalid'],
    [200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'invalid'],
  ];
  for (const [status, headers, code] of statuses) {
    it(`refuses ${status} ${JSON.stringify(headers)} as ${code}`, async () => {
      const error = await failure((response) => {
        response.writeHead(status, headers);
        response.end('{"words of the server":1}');
      });
      assert.equal(error.code, code);
      assert.equal(error.retryAfterMs, status === 429 ? 7_000 : undefined);
      // Nothing was followed.
      assert.equal(server.seen.length, 1);
    });
  }

  it('never sends anything to the host of a redirect', async () => {
    let asked = 0;
    const elsewhere = createServer((_, response) => {
      asked++;
      response.end('{}');
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => elsewhere.once('listening', resolve));
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`;
    const error = await failure((response) => response.writeHead(307, { location }).end());
    assert.match(error.message, /another host/);
    assert.equal(asked, 0);
    elsewhere.close();
  });

  const send = (text: string | Uint8Array) => (response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(text);
  };
  const bodies: Readonly<Record<string, readonly [Behaviour['raw'], ServerErrorCode]>> = {
    'no JSON': [send('words of the server'), 'invalid'],
    'bytes that are no UTF-8': [send(Uint8Array.of(0x22, 0xff, 0x22)), 'invalid'],
    'nothing at all': [send(''), 'invalid'],
    'more than is allowed': [send('"'.padEnd(20_000, 'a')), 'tooLarge'],
    'headers without end': [
      (response) => {
        response.writeHead(200, { 'x-long': 'a'.repeat(70_000) });
        response.end('{}');
      },
      'tooLarge',
    ],
    'half of what it announces': [
      (response) => {
        response.writeHead(200, { 'content-length': '100' });
        response.write('{');
        setTimeout(() => response.destroy(), 10);
      },
      'unreachable',
    ],
    'another protocol': [(response) => void response.socket?.end('220 mail.example.com ESMTP\r\n'), 'invalid'],
    'a closed connection': [(response) => void response.socket?.destroy(), 'unreachable'],
    'a change of protocol': [
      (response) =>
        void response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'),
      'unreachable',
    ],
    silence: [() => {}, 'deadline'],
    'silence in the middle': [(response) => void response.writeHead(200).write('{'), 'deadline'],
    'a drop now and then': [
      (response) => {
        response.writeHead(200);
        const timer = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(timer));
      },
      'deadline',
    ],
  };
  for (const [name, [raw, code]] of Object.entries(bodies)) {
    it(`refuses ${name} as ${code}`, async () => {
      const limits =
        code !== 'deadline' ? patient : name === 'a drop now and then' ? { ...patient, totalMs: 400 } : quick;
      assert.equal((await failure(raw, limits)).code, code);
    });
  }

  it('says that nothing listens', async () => {
    const { address } = server;
    await server.close();
    const gone = new HttpClient({ address });
    const error: unknown = await gone.json({ path: '/', limits: patient }).catch((reason: unknown) => reason);
    assert.equal((error as ServerError).code, 'unreachable');
    server = await startFakeServer('llama.cpp');
  });

  it('closes the connection when the answer is no longer wanted, so that the server sees it', async () => {
    server.behaviour = { hangs: true };
    const controller = new AbortController();
    const asked = client.json({
      path: '/x',
      limits: patient,
      signal: controller.signal,
    });
    setTimeout(() => controller.abort(), 20);
    await assert.rejects(asked, (error: ServerError) => error.code === 'cancelled');
    await server.untilAborted();
  });

  it('does not ask at all when the answer is not wanted from the start', async () => {
    const asked = client.json({ path: '/health', limits: patient, signal: AbortSignal.abort() });
    await assert.rejects(asked, (error: ServerError) => error.code === 'cancelled');
    assert.equal(server.seen.length, 0);
  });

  it('asks once more when the server has closed a connection that was kept', async () => {
    await client.json({ path: '/health', limits: patient });
    let times = 0;
    server.behaviour = {
      raw: (response, request) => {
        if (times++ === 0) request.socket.resetAndDestroy();
        else send('1')(response);
      },
    };
    assert.equal(await client.json({ path: '/x', limits: patient }), 1);
    // A connection that is new is not tried again.
    times = 0;
    const fresh = new HttpClient({ address: server.address });
    await assert.rejects(
      fresh.json({ path: '/x', limits: patient }),
      (error: ServerError) => error.code === 'unreachable',
    );
    fresh.dispose();
  });
});
