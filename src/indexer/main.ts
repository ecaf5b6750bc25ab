/**
 * The index process. Forked by `IndexClient`. One thread answers questions; another one, at lower priority, writes the
 * index, so that no question waits for a file.
 */
import { isBuiltin } from 'node:module';
import { constants, setPriority } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { guardProcess } from '../ipc/process/guard';
import { Pulse } from '../ipc/process/pulse';
import { die, dieOf, dieOfUncaught, send as sendToHost } from '../ipc/process/self';
import { IndexError } from '../ipc/indexer/errors';
import { hostMessage, protocolVersion, startOptions } from '../ipc/indexer/protocol';
import type { IndexMessage, StartOptions, VectorAnswer, VectorQuestion } from '../ipc/indexer/protocol';
import { valid } from '../ipc/indexer/valid';
import type { IndexServer } from './process/server';
import { RemoteEmbedder, VectorRequests, VectorService } from '../ipc/indexer/vectorRequests';
import type { WriterCommand } from './process/commands';
import { errorMessage } from '../common/errorMessage';

type ToWriter = { readonly kind: 'command'; readonly id: number; readonly command: WriterCommand } | VectorAnswer;
type FromWriter =
  | VectorQuestion
  | { readonly kind: 'said'; readonly message: IndexMessage }
  | { readonly kind: 'done'; readonly id: number; readonly problem?: string };

/** What the thread that writes is started with. */
interface WriterData {
  readonly options: StartOptions;
  /** See `Pulse`. */
  readonly pulses: SharedArrayBuffer;
}

const send: (message: IndexMessage) => void = sendToHost;

/**
 * The thread that answers, and the one that writes: that removes a branch of a large repository, or waits for a slow disk,
 * in one call, and no question waits for it.
 */
const watched = [
  { name: 'answering thread', silentS: 10 },
  { name: 'writing thread', silentS: 120 },
] as const;
const writingThread = 1;

function answer(): void {
  if (process.send === undefined) die('The index process is started by Glassbox and cannot be run alone.');
  const options = valid(startOptions, JSON.parse(process.argv[2] ?? '{}'), 'The options of the index process');
  const pulse = guardProcess(watched);
  if (isBuiltin('node:sqlite')) {
    const server = startServer(options, pulse);
    process.on('message', (message) => void server.then((started) => started.receive(message)));
  } else {
    process.on('message', refuse);
  }
  send({ kind: 'ready', protocol: protocolVersion, pid: process.pid });
}

async function startServer(options: StartOptions, pulse: Pulse): Promise<IndexServer> {
  const vectors = new VectorRequests(send);
  // Both threads open the model, at the same time; the one that writes says what is wrong with it.
  const write = startWriter({ options, pulses: pulse.memory }, vectors);
  const [server, { indexOpener }] = await Promise.all([import('./process/server'), import('./process/models')]);
  const { open, cache } = await indexOpener(options, () => undefined);
  const longCall = <Result>(work: () => Result): Result => pulse.during(work);
  return new server.IndexServer({ storage: options.storage, open, cache, send, vectors, write, longCall });
}

/** Answers every request with an error that says why, where the index cannot work. */
function refuse(raw: unknown): void {
  const message = valid(hostMessage, raw, 'A message of the host');
  if (message.kind !== 'request') return;
  const sentence = `Search needs a newer version of VS Code: Node ${process.versions.node}, which this one runs on, has no SQLite.`;
  send({ kind: 'error', id: message.id, error: { code: 'unsupported', message: sentence } });
}

/**
 * Megabytes that the thread which writes may take. What lives is less than a tenth of that; without a limit, though, V8
 * takes twice as much from the system before it looks for what no longer does.
 */
const writerMemory = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 1_024 };

/** @returns what has the writing thread do something */
function startWriter(data: WriterData, vectors: VectorRequests): (command: WriterCommand) => Promise<void> {
  const waiting = new Map<number, { resolve: () => void; reject: (error: IndexError) => void }>();
  let nextId = 1;
  const worker = new Worker(__filename, { workerData: data, resourceLimits: writerMemory });
  const tell = (message: ToWriter): void => worker.postMessage(message);
  const service = new VectorService(vectors.ask, tell);
  worker.on('error', dieOf);
  worker.on('message', (message: FromWriter) => {
    switch (message.kind) {
      case 'said':
        send(message.message);
        return;
      case 'done': {
        const waits = waiting.get(message.id);
        waiting.delete(message.id);
        if (message.problem === undefined) waits?.resolve();
        else waits?.reject(new IndexError('failed', message.problem));
        return;
      }
      default:
        service.receive(message);
    }
  });
  return (command) =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      waiting.set(id, { resolve, reject });
      tell({ kind: 'command', id, command });
    });
}

async function write({ options, pulses }: WriterData): Promise<void> {
  new Pulse(pulses, writingThread).start();
  // Of this thread where the system can tell threads apart, else of the process. Where it is not allowed, it goes on as it is.
  try {
    setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    say({ kind: 'log', level: 'debug', message: 'The index is written at normal priority.' });
  }
  const [{ IndexWriter }, { indexOpener }] = await Promise.all([
    import('./process/writer'),
    import('./process/models'),
  ]);
  const vectors = new VectorRequests(answerBack);
  const writer = new IndexWriter({
    died: options.died,
    encoder: (facts) => new RemoteEmbedder(facts, vectors.ask),
    open: (await indexOpener(options, (message) => say({ kind: 'log', level: 'warn', message }))).open,
    onProgress: (progress) => say({ kind: 'progress', progress }),
    log: (level, message) => say({ kind: 'log', level, message }),
  });
  parentPort?.on('message', (message: ToWriter) => {
    if (message.kind !== 'command') {
      vectors.answer(message);
      return;
    }
    const { id, command } = message;
    writer.do(command).then(
      () => answerBack({ kind: 'done', id }),
      (error: unknown) => answerBack({ kind: 'done', id, problem: errorMessage(error) }),
    );
  });
}

function say(message: IndexMessage): void {
  answerBack({ kind: 'said', message });
}

function answerBack(message: FromWriter): void {
  parentPort?.postMessage(message);
}

// That SQLite is young in Node is no reason for a process to end with.
process.removeAllListeners('warning');
if (isMainThread) {
  dieOfUncaught();
  answer();
} else {
  void write(workerData as WriterData);
}
