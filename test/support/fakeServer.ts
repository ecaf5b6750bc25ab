/**
 * A server on loopback that speaks the protocols of llama.cpp, Ollama and OpenAI-compatible programs in the shapes of their real
 * answers, without a model: it writes the text it is given, token by token, as well or as badly as it is told to.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { parseAddress } from '../../src/servers/address';
import type { ServerAddress } from '../../src/servers/address';

export type FakeKind = 'llama.cpp' | 'ollama' | 'vllm';

/** How it answers what writes a text; what tells what it is, it always answers well, unless `raw` is set. */
export interface Behaviour {
  /** What is written, a piece a token. */
  readonly tokens?: readonly string[];
  /** Milliseconds before the first piece, and between two. */
  readonly delayMs?: number;
  /** Takes the request, and never answers. */
  readonly hangs?: boolean;
  /** Stops after so many pieces, and keeps the connection. */
  readonly hangsAfter?: number;
  /** Closes the connection after so many pieces. */
  readonly breaksAfter?: number;
  /** Whoever does not bring it is refused, whatever is asked. */
  readonly key?: string;
  /** Status and headers, in place of an answer. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Has the connection to itself, for whatever is no answer. */
  readonly raw?: (response: ServerResponse, request: IncomingMessage) => void;
}

export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
  /** Pieces that were sent. */
  pieces: number;
  /** Set where the client closed the connection before the answer had ended. */
  aborted: boolean;
}

export interface FakeServer {
  readonly address: ServerAddress;
  readonly seen: Seen[];
  /** How the next requests are answered. */
  behaviour: Behaviour;
  /** Connections that were ever opened. */
  readonly connections: () => number;
  /** Waits until the client has closed an answer. */
  readonly untilAborted: () => Promise<void>;
  readonly close: () => Promise<void>;
}

const usual = ['a', ' +', ' b', ';'];
const logprobs = [-0.05, -0.4, -0.1, -1.2];

export interface Listening {
  /** Any that is free where none is named. */
  readonly port?: number;
  /** Of loopback. */
  readonly host?: string;
  /** Speaks https with these. */
  readonly certificate?: { readonly key: string; readonly cert: string };
}

/** @throws {Error} where the port is taken */
export async function startFakeServer(
  kind: FakeKind,
  behaviour: Behaviour = {},
  { port = 0, host = '127.0.0.1', certificate }: Listening = {},
): Promise<FakeServer> {
  const seen: Seen[] = [];
  const sockets = new Set<Duplex>();
  let connections = 0;
  let aborted: (() => void)[] = [];
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    void answer(fake, kind, request, response, () => {
      aborted.forEach((resolve) => resolve());
      aborted = [];
    });
  };
  const server: Server = certificate ? createSecureServer(certificate, listener) : createServer(listener);
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  server.listen(port, host);
  await once(server, 'listening');
  const parsed = parseAddress(`http${certificate ? 's' : ''}://${host}:${(server.address() as AddressInfo).port}`);
  if ('problem' in parsed) throw new Error(parsed.problem);
  const fake: FakeServer = {
    address: parsed.address,
    seen,
    behaviour,
    connections: () => connections,
    untilAborted: () => new Promise((resolve) => (seen.at(-1)?.aborted ? resolve() : aborted.push(resolve))),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return fake;
}

async function answer(
  fake: FakeServer,
  kind: FakeKind,
  request: IncomingMessage,
  response: ServerResponse,
  onAbort: () => void,
): Promise<void> {
  const { behaviour } = fake;
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString();
  const seen: Seen = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: text === '' ? undefined : JSON.parse(text),
    pieces: 0,
    aborted: false,
  };
  fake.seen.push(seen);
  response.on('error', () => {});
  response.on('close', () => {
    if (response.writableFinished) return;
    seen.aborted = true;
    onAbort();
  });
  if (behaviour.raw) {
    behaviour.raw(response, request);
    return;
  }
  if (behaviour.key !== undefined && request.headers.authorization !== `Bearer ${behaviour.key}`) {
    sendJson(response, { error: 'unauthorized' }, 401);
    return;
  }
  if (behaviour.status !== undefined) {
    response.writeHead(behaviour.status, { 'content-type': 'application/json', ...behaviour.headers });
    response.end('{"error":{"message":"no"}}');
    return;
  }
  if (behaviour.hangs) return;
  const known = facts(kind, seen);
  if (known !== undefined) {
    sendJson(response, known);
    return;
  }
  const writer = writers[seen.path];
  if (writer === undefined || !paths[kind].includes(seen.path)) sendJson(response, { error: 'not found' }, 404);
  else await write(writer, behaviour, seen, response);
}

function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

/** Which endpoints that write a program has. */
const paths: Readonly<Record<FakeKind, readonly string[]>> = {
  'llama.cpp': ['/infill', '/v1/completions', '/v1/chat/completions'],
  ollama: ['/api/generate', '/v1/completions', '/v1/chat/completions'],
  vllm: ['/v1/completions', '/v1/chat/completions', '/v1/fim/completions'],
};

/** What questions about the server, and vectors, are answered with. */
function facts(kind: FakeKind, { method, path, body }: Seen): unknown {
  if (path === '/v1/embeddings' && kind !== 'ollama') {
    const { input } = body as { input: string[] };
    // Out of order, as an array that tells its places may be.
    const data = input.map((text, index) => ({ object: 'embedding', index, embedding: [text.length, index, 1] }));
    return { object: 'list', model: 'm', data: data.reverse(), usage: { prompt_tokens: 5, total_tokens: 5 } };
  }
  const models: Readonly<Record<FakeKind, unknown>> = {
    'llama.cpp': {
      // A list in Ollama's words stands beside it, by which nobody must take it for Ollama.
      models: [{ name: 'qwen2.5-coder-1.5b.gguf', model: 'qwen2.5-coder-1.5b.gguf', size: '', type: 'model' }],
      object: 'list',
      data: [{ id: 'qwen2.5-coder-1.5b.gguf', object: 'model', owned_by: 'llamacpp', meta: { n_ctx_train: 32_768 } }],
    },
    ollama: { object: 'list', data: [{ id: 'qwen2.5-coder:1.5b', object: 'model', owned_by: 'library' }] },
    vllm: {
      object: 'list',
      data: [{ id: 'Qwen/Qwen2.5-Coder-7B', object: 'model', owned_by: 'vllm', max_model_len: 16_384 }],
    },
  };
  const answers: Readonly<Record<FakeKind, Readonly<Record<string, unknown>>>> = {
    'llama.cpp': {
      'GET /health': { status: 'ok' },
      'GET /props': {
        default_generation_settings: { id: 0, n_ctx: 4_096, params: { n_predict: -1, temperature: 0.8 } },
        total_slots: 4,
        model_path: '/models/qwen2.5-coder-1.5b.gguf',
        chat_template: '{{ messages }}',
        modalities: { vision: false },
        build_info: 'b6000-0000000',
        is_sleeping: false,
      },
      'GET /v1/models': models['llama.cpp'],
    },
    ollama: {
      'GET /api/tags': {
        models: [
          {
            name: 'qwen2.5-coder:1.5b',
            model: 'qwen2.5-coder:1.5b',
            size: 986_000_000,
            digest: 'd7372fd82851',
            details: { format: 'gguf', family: 'qwen2', parameter_size: '1.5B', quantization_level: 'Q4_K_M' },
          },
          { name: 'nomic-embed-text:latest', model: 'nomic-embed-text:latest', size: 274_000_000 },
        ],
      },
      'POST /api/show': {
        template: '{{- if .Suffix }}<|fim_prefix|>{{ .Prompt }}<|fim_suffix|>{{ .Suffix }}<|fim_middle|>{{ end }}',
        details: { family: 'qwen2' },
        model_info: { 'general.architecture': 'qwen2', 'qwen2.context_length': 32_768 },
        capabilities: ['completion', 'tools', 'insert'],
      },
      'GET /v1/models': models.ollama,
    },
    vllm: { 'GET /v1/models': models.vllm, 'GET /health': undefined },
  };
  return answers[kind][`${method} ${path}`];
}

/** The lines in which a program streams: pieces, and what ends them. */
interface Writer {
  readonly type: string;
  readonly piece: (text: string, at: number, body: Record<string, unknown>) => string;
  readonly end: (count: number) => string;
}

const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const logprobOf = (at: number): number => logprobs[at % logprobs.length] ?? 0;
const top = (token: string, at: number) => [
  { id: at, token, bytes: [...Buffer.from(token)], logprob: logprobOf(at) },
  { id: at + 1, token: '?', bytes: [63], logprob: -4 },
];

const openAi = (text: (piece: string, at: number, body: Record<string, unknown>) => object, object: string): Writer => {
  const choice = (rest: object, finish: string | null) =>
    event({ id: 'x-1', object, created: 1, model: 'm', choices: [{ index: 0, ...rest, finish_reason: finish }] });
  return {
    type: 'text/event-stream; charset=utf-8',
    piece: (piece, at, body) => choice(text(piece, at, body), null),
    end: () => `${choice(text('', 0, {}), 'stop')}data: [DONE]\n\n`,
  };
};

const writers: Readonly<Record<string, Writer>> = {
  '/infill': {
    type: 'text/event-stream',
    piece: (content, at, body) =>
      event({
        index: 0,
        content,
        tokens: [at],
        stop: false,
        id_slot: -1,
        tokens_predicted: at + 1,
        tokens_evaluated: 20,
        ...(body.n_probs !== undefined && {
          completion_probabilities: [{ ...top(content, at)[0], top_logprobs: top(content, at) }],
        }),
      }),
    end: (count) =>
      event({
        index: 0,
        content: '',
        tokens: [],
        id_slot: 0,
        stop: true,
        model: 'm',
        tokens_predicted: count,
        tokens_evaluated: 20,
        prompt: 'the prompt again',
        has_new_line: false,
        truncated: false,
        stop_type: 'eos',
        stopping_word: '',
        tokens_cached: 23,
        timings: { cache_n: 12, prompt_n: 8, prompt_ms: 9.1, predicted_n: count, predicted_ms: 20.5 },
      }),
  },
  '/api/generate': {
    type: 'application/x-ndjson',
    piece: (response, at, body) =>
      `${JSON.stringify({
        model: 'm',
        created_at: '2025-10-17T23:14:07.414671Z',
        response,
        done: false,
        ...(body.logprobs === true && {
          logprobs: [{ token: response, logprob: logprobOf(at), top_logprobs: top(response, at) }],
        }),
      })}\n`,
    end: (count) =>
      `${JSON.stringify({ model: 'm', response: '', done: true, done_reason: 'stop', total_duration: 174_560_334, prompt_eval_count: 11, eval_count: count })}\n`,
  },
  '/v1/completions': openAi(
    (text, at, body) => ({
      text,
      logprobs:
        typeof body.logprobs === 'number'
          ? {
              tokens: [text],
              token_logprobs: [logprobOf(at)],
              top_logprobs: [{ [text]: logprobOf(at), '?': -4 }],
              text_offset: [at],
            }
          : null,
    }),
    'text_completion',
  ),
  '/v1/fim/completions': openAi((content) => ({ delta: { role: 'assistant', content } }), 'chat.completion.chunk'),
  '/v1/chat/completions': openAi(
    (content, at, body) => ({
      delta: { content },
      logprobs:
        body.logprobs === true
          ? { content: [{ token: content, logprob: logprobOf(at), top_logprobs: top(content, at) }] }
          : null,
    }),
    'chat.completion.chunk',
  ),
};

async function write(writer: Writer, behaviour: Behaviour, seen: Seen, response: ServerResponse): Promise<void> {
  const { tokens = usual, delayMs = 0, hangsAfter, breaksAfter } = behaviour;
  const body = seen.body as Record<string, unknown>;
  if (body.stream !== true) {
    // What ends a stream is the shape of an answer at once, without the text.
    response.writeHead(200, { 'content-type': 'application/json' });
    return void response.end(writer.end(0).replace(/^data: /, ''));
  }
  response.writeHead(200, { 'content-type': writer.type });
  for (const [at, token] of tokens.entries()) {
    if (at === hangsAfter) return;
    if (at === breaksAfter) return void response.destroy();
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    if (response.destroyed) return;
    if (!response.write(writer.piece(token, at, body))) await once(response, 'drain').catch(() => {});
    seen.pieces++;
  }
  response.end(writer.end(tokens.length));
}
