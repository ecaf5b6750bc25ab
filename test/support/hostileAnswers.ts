/**
 * Answers that no honest server gives, each made from a seed: used where it is tested that they are refused, or cut, in bounded
 * memory and time. An endless one ends when its connection is closed, and counts what it has sent.
 */
import type { ServerResponse } from 'node:http';
import { createRandom } from './random';

export interface HostileAnswer {
  readonly name: string;
  /** Whether nothing but a limit ends it. */
  readonly endless: boolean;
  readonly send: (response: ServerResponse) => void;
}

type Make = (random: () => number) => Omit<HostileAnswer, 'name'>;

const pick = <T>(random: () => number, list: readonly [T, ...T[]]): T =>
  list[Math.floor(random() * list.length)] ?? list[0];
const times = (random: () => number, most: number): number => 1 + Math.floor(random() * most);

const types = ['application/json', 'text/event-stream', 'application/x-ndjson', 'text/plain', ''] as const;
const head = (response: ServerResponse, type: string, more: Record<string, string> = {}): void => {
  response.writeHead(200, type === '' ? more : { 'content-type': type, ...more });
};

/** Any JSON value, deep and wide as chance will have it, with the names that protocols use. */
function value(random: () => number, depth = 0): unknown {
  const names = [
    'choices',
    'text',
    'content',
    'stop',
    'response',
    'done',
    'data',
    'error',
    'delta',
    'logprobs',
    'usage',
    'embedding',
    'index',
    '__proto__',
    'constructor',
    'toString',
  ] as const;
  const scalars = [
    null,
    true,
    false,
    0,
    -1,
    1e308,
    0.5,
    '',
    'a',
    '\u0000',
    '\ud800',
    '\u001b[31m',
    '\u202e',
    '<html>',
    '[DONE]',
    'a'.repeat(1_000),
  ] as const;
  const kind = random();
  if (depth > 4 || kind < 0.4) return pick(random, scalars as unknown as [unknown, ...unknown[]]);
  const inner = Array.from({ length: times(random, 4) }, () => value(random, depth + 1));
  if (kind < 0.6) return inner;
  return Object.fromEntries(inner.map((one) => [pick(random, names), one]));
}

const framings: readonly [(text: string) => string, ...((text: string) => string)[]] = [
  (text) => `data: ${text}\n\n`,
  (text) => `${text}\n`,
  (text) => text,
  (text) => `data:${text}\r\r`,
  (text) => `event: message\nid: 1\ndata: ${text}\n\n: ping\n\n`,
];

/** Sends a chunk again and again, as fast as it is read. */
function endless(chunk: string | Uint8Array, type: string, headers?: Record<string, string>): ReturnType<Make> {
  const send = (response: ServerResponse): void => {
    head(response, type, headers);
    const more = (): void => {
      while (!response.destroyed && response.write(chunk));
    };
    response.on('drain', more);
    more();
  };
  return { endless: true, send };
}

const kinds: Readonly<Record<string, Make>> = {
  'values of other types': (random) => ({
    endless: false,
    send: (response) => {
      head(response, pick(random, types));
      const frame = pick(random, framings);
      for (let count = times(random, 6); count > 0; count--) response.write(frame(JSON.stringify(value(random))));
      response.end(random() < 0.5 ? 'data: [DONE]\n\n' : '');
    },
  }),
  'events of the right shape with wrong values': (random) => ({
    endless: false,
    send: (response) => {
      head(response, pick(random, types));
      const one = (): unknown => value(random, 3);
      const frame = pick(random, framings);
      for (let count = times(random, 4); count > 0; count--) {
        const shape = {
          content: one(),
          stop: one(),
          response: one(),
          done: one(),
          choices: [{ index: one(), text: one(), delta: { content: one() }, finish_reason: one(), logprobs: one() }],
        };
        response.write(frame(JSON.stringify(shape)));
      }
      response.end();
    },
  }),
  'a page for people': (random) => ({
    endless: false,
    send: (response) => {
      head(response, pick(random, ['text/html', 'text/html; charset=utf-8', 'application/xhtml+xml', ...types]));
      response.end(
        `<!doctype html><title>Sign in</title><script>alert(1)</script>${'<p>'.repeat(times(random, 1_000))}`,
      );
    },
  }),
  'characters of control': (random) => ({
    endless: false,
    send: (response) => {
      head(response, 'text/event-stream');
      const text = String.fromCharCode(pick(random, [0, 1, 7, 8, 11, 14, 27, 127, 128, 155, 159]));
      const piece = { content: text, stop: false, response: text, done: false, choices: [{ index: 0, text }] };
      response.end(pick(random, framings)(JSON.stringify(piece)));
    },
  }),
  'characters that are raw in JSON': (random) => ({
    endless: false,
    send: (response) => {
      head(response, pick(random, types));
      response.end(pick(random, framings)(`{"content":"${String.fromCharCode(times(random, 31))}","stop":true}`));
    },
  }),
  'another encoding': (random) => ({
    endless: false,
    send: (response) => {
      head(response, pick(random, types));
      const text = pick(random, framings)('{"content":"caf\u00e9","stop":true,"response":"\u00e9","done":true}');
      response.end(Buffer.from(text, pick(random, ['utf16le', 'latin1'] as const)));
    },
  }),
  'bytes by chance': (random) => ({
    endless: false,
    send: (response) => {
      head(
        response,
        pick(random, types),
        random() < 0.3 ? { 'content-encoding': pick(random, ['gzip', 'br', 'deflate', 'x']) } : {},
      );
      response.end(Uint8Array.from({ length: times(random, 5_000) }, () => Math.floor(random() * 256)));
    },
  }),
  'a redirect': (random) => ({
    endless: false,
    send: (response) => {
      const location = pick(random, [
        'https://elsewhere.example/',
        '//elsewhere.example',
        '/here',
        'file:///etc/passwd',
        'javascript:0',
        'http://127.0.0.1.example.com',
        '\u0080',
      ]);
      response.writeHead(pick(random, [300, 301, 302, 303, 304, 305, 307, 308]), { location: encodeURI(location) });
      response.end(random() < 0.5 ? '{"content":"a","stop":true}' : '');
    },
  }),
  'a status': (random) => ({
    endless: false,
    send: (response) => {
      response.writeHead(
        pick(random, [201, 202, 203, 205, 206, 226, 299, 400, 402, 404, 418, 429, 451, 499, 500, 503, 511, 599, 999]),
        {
          'content-type': pick(random, types) || 'x/y',
          'retry-after': pick(random, ['0', '-1', '1e9', '99999999999', 'soon', '7']),
        },
      );
      response.end('{"content":"a","stop":true,"response":"a","done":true}');
    },
  }),
  'an answer that breaks off': (random) => ({
    endless: false,
    send: (response) => {
      const text = 'data: {"content":"a","stop":false}\n\n';
      head(response, 'text/event-stream', random() < 0.5 ? { 'content-length': '1000' } : {});
      response.write(text.slice(0, times(random, text.length)), () => response.destroy());
    },
  }),
  'deep nesting': (random) => ({
    endless: false,
    send: (response) => {
      head(response, pick(random, types));
      const open = pick(random, ['[', '{"choices":[', '{"content":']);
      response.end(pick(random, framings)(open.repeat(50_000 * times(random, 4))));
    },
  }),
  'what is no HTTP': (random) => ({
    endless: false,
    send: (response) =>
      void response.socket?.end(
        pick(random, [
          'SSH-2.0-OpenSSH_9.9\r\n',
          'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}',
          'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
          'HTTP/9.9 200\r\n\r\n',
          '\u0000\u0000',
          'HTTP/1.1 200 OK\r\nA\u0000: b\r\n\r\n',
          'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
          '',
        ]),
      ),
  }),
  'headers without end': () => ({
    endless: true,
    send: (response) => {
      const { socket } = response;
      socket?.write('HTTP/1.1 200 OK\r\n');
      const more = (): void => {
        while (socket && !socket.destroyed && socket.write(`X-${'a'.repeat(1_000)}: b\r\n`));
      };
      socket?.on('drain', more);
      more();
    },
  }),
  'a line without end': (random) =>
    endless(pick(random, ['a', ' ', '"', 'data: ', '\u6f22']).repeat(20_000), pick(random, types)),
  'an event without end': (random) =>
    endless(pick(random, ['data: aaaa\n', 'data\n', 'data: {\r']).repeat(2_000), 'text/event-stream'),
  'events without end': (random) => {
    const content = pick(random, ['a', '', 'a\n']);
    const piece = { content, stop: false, response: content, done: false, choices: [{ index: 0, text: content }] };
    return endless(pick(random, framings)(JSON.stringify(piece)).repeat(500), pick(random, types));
  },
  'comments without end': (random) =>
    endless(pick(random, [': ping\n\n', '\n', '\r\n', 'id: 1\n']).repeat(4_000), pick(random, types)),
  'a text that is announced as gigabytes': (random) =>
    endless(Buffer.alloc(65_536, pick(random, ['a', '0', ' '])), 'application/json', {
      'content-length': '17179869184',
    }),
  'numbers out of bounds': (random) => ({
    endless: false,
    send: (response) => {
      head(response, 'application/json');
      const number = pick(random, ['1e999', '-1e999', '9'.repeat(400), '1.5', '-1']);
      response.end(
        pick(
          random,
          framings,
        )(
          `{"data":[{"index":${number},"embedding":[${number}]}],"content":"a","stop":true,"tokens_evaluated":${number},"response":"a","done":true,"eval_count":${number}}`,
        ),
      );
    },
  }),
};

/** So many answers, of all kinds in turn; the same ones for the same seed. */
export function* hostileAnswers(count: number, seed: number): Generator<HostileAnswer> {
  const names = Object.keys(kinds);
  for (let at = 0; at < count; at++) {
    const name = names[at % names.length] ?? '';
    const make = kinds[name];
    if (make) yield { name, ...make(createRandom(seed + at * 7_919)) };
  }
}
