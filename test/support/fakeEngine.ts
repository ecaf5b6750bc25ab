/**
 * An engine process without a model: it speaks the protocol, and does what the `prefix` of a completion tells it to.
 * `FAKE_ENGINE_START` says how it behaves before the first request, `FAKE_ENGINE_SILENT_S` after how many seconds without
 * an answer it is taken to hang.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { guardProcess } from '../../src/ipc/process/guard';
import { protocolVersion } from '../../src/ipc/engine/protocol';
import type { CompleteParams, EngineMessage, EngineHostMessage, Params } from '../../src/ipc/engine/protocol';

const result = (text: string) => ({
  text,
  tokens: [{ id: 7, text, logprob: -0.5 }],
  promptIds: Int32Array.of(1, 2, 3),
  logprob: -0.5,
  confidence: 0.6,
  finish: 'stop',
  timings: { tokenizeMs: 0, reusedTokens: 0, prefillTokens: 3, prefillMs: 1, decodeTokens: 1, decodeMs: 1 },
});

/** What a completion can ask for: `verb` or `verb argument`. */
const behaviours: Record<string, (id: number, argument: string) => void> = {
  answer: (id, text) => send({ kind: 'result', id, value: result(text) }),
  /** Answers with what stands behind an argument of its own command line. */
  argument: (id, name) =>
    send({ kind: 'result', id, value: result(process.argv[process.argv.indexOf(name) + 1] ?? '') }),
  fail: (id, message) => send({ kind: 'error', id, error: { code: 'modelMissing', message } }),
  die: () => process.kill(process.pid, 'SIGKILL'),
  dieSaying: (_id, words) => {
    process.stderr.write(`${words}\n`, () => process.exit(3));
  },
  /** Streams the words of the text but the last, then dies; a process that finds the file there streams all of them. */
  streamDyingOnce: (id, argument) => {
    const [marker = '', ...words] = argument.split(' ');
    const again = existsSync(marker);
    writeFileSync(marker, '');
    for (const text of again ? words : words.slice(0, -1)) send({ kind: 'event', id, value: { text } });
    if (again) send({ kind: 'result', id, value: result(words.join('')) });
    else setTimeout(() => process.kill(process.pid, 'SIGKILL'), 20);
  },
  /** Says by a file that it works, and dies when that file is taken away. */
  dieWithout: (_id, marker) => {
    writeFileSync(marker, '');
    setInterval(() => {
      if (!existsSync(marker)) process.kill(process.pid, 'SIGKILL');
    }, 5);
  },
  /** Models run on that accelerator from now on. */
  use: (id, name) => {
    send({ kind: 'provider', name });
    send({ kind: 'result', id, value: result(name) });
  },
  hang: () => {
    for (;;);
  },
  wait: (id) => void waiting.add(id),
  /** Waits for its turn before it begins: what kills the process meanwhile is another request. */
  later: (id, text) => {
    setTimeout(() => {
      send({ kind: 'started', id });
      send({ kind: 'result', id, value: result(text) });
    }, 50);
  },
  talkNonsense: (id) => {
    process.send?.({ kind: 'nonsense', id });
    process.send?.({ kind: 'event', id, value: { text: 5 } });
    process.send?.({ kind: 'result', id: 'one', value: {} });
    send({ kind: 'result', id, value: { text: 'but no tokens' } });
  },
  loadLong: (id) => load(id, 2_400),
};

function load(id: number, milliseconds: number): void {
  send({ kind: 'loading', active: true });
  pulse.begin();
  const until = Date.now() + milliseconds;
  while (Date.now() < until);
  pulse.end();
  send({ kind: 'loading', active: false });
  send({ kind: 'result', id, value: result('loaded') });
}

/** The text `die` ends the process, whatever stands beside it. */
function embed(id: number, { texts }: Params<'embed'>): void {
  send({ kind: 'started', id });
  if (texts.includes('die')) process.kill(process.pid, 'SIGKILL');
  const vectors = new Float32Array(texts.length);
  send({ kind: 'result', id, value: { vectors, dimension: 1, tokens: texts.length, truncated: 0 } });
}

function send(message: EngineMessage): void {
  process.send?.(message);
}

function ready(protocol: number): void {
  send({ kind: 'ready', protocol, pid: process.pid });
}

const waiting = new Set<number>();
const pulse = guardProcess([{ name: 'main thread', silentS: Number(process.env.FAKE_ENGINE_SILENT_S ?? 60) }]);

process.on('message', (message: EngineHostMessage) => {
  if (message.kind === 'cancel') {
    if (waiting.delete(message.id)) send({ kind: 'log', level: 'info', message: `cancelled ${message.id}` });
    return;
  }
  if (message.method === 'embed') {
    embed(message.id, message.params as Params<'embed'>);
    return;
  }
  const { prefix } = message.params as CompleteParams;
  const [verb = '', ...argument] = prefix.split(' ');
  if (verb !== 'later') send({ kind: 'started', id: message.id });
  behaviours[verb]?.(message.id, argument.join(' '));
});

switch (process.env.FAKE_ENGINE_START) {
  case 'otherVersion':
    ready(protocolVersion + 1);
    break;
  case 'crash':
    throw new Error('no room for the model');
  case 'silence':
    break;
  case 'early':
    send({ kind: 'loading', active: true });
    ready(protocolVersion);
    break;
  default:
    ready(protocolVersion);
}
