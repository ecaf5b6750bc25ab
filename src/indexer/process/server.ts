/**
 * Answers the host's requests in the index process: checks messages, merges hits of all roots and forwards commands to
 * the writer thread; created by `main.ts`. Each request gets exactly one answer.
 */
import { join } from 'node:path';
import type { Embedder } from '../../ipc/indexer/embedder';
import type { SearchIndex } from '../searchIndex';
import type { EmbeddingCache } from '../embedding/cache';
import { removeOldIndexes, sizeOfOldIndexes } from '../store/housekeeping';
import { storeName } from '../store/storeName';
import { IndexError } from '../../ipc/indexer/errors';
import type { IndexLocation } from './models';
import { PatientEmbedder } from './patientEmbedder';
import { hostMessage, maxSkippedFiles, methods, worksBeforeAnswer } from '../../ipc/indexer/protocol';
import type {
  FoundChunk,
  Gap,
  IndexHostMessage,
  IndexMessage,
  Method,
  Params,
  Result,
  Root,
  SearchRemark,
  Sizes,
} from '../../ipc/indexer/protocol';
import { RootReader } from './reader';
import type { RootAnswer } from './reader';
import { valid } from '../../ipc/indexer/valid';
import { RemoteEmbedder } from '../../ipc/indexer/vectorRequests';
import type { VectorRequests } from '../../ipc/indexer/vectorRequests';
import type { WriterCommand } from './commands';
import { errorMessage } from '../../common/errorMessage';

/** Bytes that all indexes of a workspace may take before those of folders that have left it go. */
const leftBudget = 2 * 2 ** 30;

export interface IndexServerOptions {
  /** Absolute path of the folder that holds the indexes. */
  readonly storage: string;
  /** Opens the index of a root to read it. */
  readonly open: (place: IndexLocation) => SearchIndex;
  /** The vectors that all workspaces share. */
  readonly cache: Pick<EmbeddingCache, 'size' | 'clear'>;
  readonly send: (message: IndexMessage) => void;
  /** Asks the host for vectors of its encoder. */
  readonly vectors: Pick<VectorRequests, 'ask' | 'answer'>;
  /** Has the thread that writes do something. @returns when it is done */
  readonly write: (command: WriterCommand) => Promise<void>;
  /** Announces work that may keep this thread for long while it lasts. */
  readonly longCall: <Result>(work: () => Result) => Result;
}

type Handlers = { [M in Method]: (params: Params<M>, signal: AbortSignal) => Promise<Result<M>> };

/** The index process' side of the protocol: checks every message, answers every request exactly once. */
export class IndexServer {
  readonly #running = new Map<number, AbortController>();
  #readers: RootReader[] = [];
  /** Roots that could not answer, which the writer was therefore asked to look at. */
  readonly #mended = new Set<string>();
  /** Embeds questions as the encoder embeds code. */
  #encoder: Embedder | undefined;

  constructor(private readonly options: IndexServerOptions) {}

  async receive(raw: unknown): Promise<void> {
    let id: number | undefined;
    try {
      const message = valid(hostMessage, raw, 'A message of the host');
      if (message.kind === 'cancel') {
        this.#running.get(message.id)?.abort(new IndexError('cancelled', 'The request is no longer wanted.'));
        return;
      }
      if (message.kind !== 'request') {
        this.options.vectors.answer(message);
        return;
      }
      id = message.id;
      const value = await this.#dispatch(message.method, message);
      this.options.send({ kind: 'result', id, value });
    } catch (error) {
      const { code, message } = asIndexError(error);
      if (code === 'invalid' || code === 'failed') this.options.send({ kind: 'log', level: 'warn', message });
      if (id !== undefined) this.options.send({ kind: 'error', id, error: { code, message } });
    } finally {
      if (id !== undefined) this.#running.delete(id);
    }
  }

  async #dispatch<M extends Method>(
    method: M,
    request: Extract<IndexHostMessage, { kind: 'request' }>,
  ): Promise<Result<M>> {
    const params = valid<(typeof methods)[M]['params']>(
      methods[method].params,
      request.params,
      `Parameters of ${method}`,
    );
    const controller = new AbortController();
    const { signal } = controller;
    this.#running.set(request.id, controller);
    // Messages that are waiting come first: if the user types on, one of them cancels this request.
    await new Promise(setImmediate);
    signal.throwIfAborted();
    if (worksBeforeAnswer.has(method)) this.options.send({ kind: 'started', id: request.id });
    return this.#handlers[method](params, signal);
  }

  readonly #handlers: Handlers = {
    open: async ({ roots }) => {
      this.#keepReaders(roots);
      // Folders that have left the workspace leave their indexes behind.
      removeOldIndexes(
        this.options.storage,
        roots.map(({ path }) => this.#store(path)),
        leftBudget,
      );
      return this.#write({ kind: 'roots', roots: roots.map((root) => ({ ...root, store: this.#store(root.path) })) });
    },
    encoder: async ({ encoder, rests }) => {
      this.#encoder =
        encoder &&
        new PatientEmbedder(new RemoteEmbedder(encoder, this.options.vectors.ask), () =>
          this.options.send({ kind: 'better' }),
        );
      for (const reader of this.#readers) reader.useEncoder(this.#encoder);
      return this.#write({ kind: 'encoder', encoder, rests });
    },
    used: async ({ root, path }) => this.#write({ kind: 'used', root, path }),
    changed: async ({ root, paths }) =>
      this.#write({ kind: 'changed', root, ...(paths === undefined ? {} : { paths }) }),
    search: async (question, signal) => {
      const answers = await Promise.all(this.#readers.map((reader) => reader.search(question, signal)));
      const gaps = answers.flatMap(({ gap }) => gap ?? []);
      this.#mend(gaps);
      const best = eachOnce(answers.flatMap(({ found }) => found)).sort((a, b) => b.score - a.score);
      return { found: best.slice(0, question.top), gaps, remarks: remarksOf(answers) };
    },
    pause: async () => this.#write({ kind: 'pause' }),
    resume: async () => this.#write({ kind: 'resume' }),
    cancel: async () => this.#write({ kind: 'cancel' }),
    verify: () =>
      Promise.resolve({
        problems: this.options.longCall(() =>
          this.#readers.flatMap((reader) => reader.verify().map((problem) => `${reader.root}: ${problem}`)),
        ),
      }),
    rebuild: async () => {
      for (const reader of this.#readers) reader.close();
      return this.#write({ kind: 'rebuild' });
    },
    clear: async () => {
      for (const reader of this.#readers) reader.close();
      return this.#write({ kind: 'clear' });
    },
    size: () => this.#sizes(),
    skipped: async () => {
      const all = await Promise.all(this.#readers.map((reader) => reader.skipped(maxSkippedFiles)));
      const total = all.reduce((sum, one) => sum + one.total, 0);
      return { total, files: all.flatMap(({ files }) => files).slice(0, maxSkippedFiles) };
    },
    examples: async () => {
      const all = (await Promise.all(this.#readers.map((reader) => reader.examples()))).flat();
      return { examples: [...new Map(all.reverse().map((one) => [one.kind, one])).values()].reverse() };
    },
    clearCaches: ({ keep }) => {
      this.options.longCall(() => {
        removeOldIndexes(
          this.options.storage,
          keep.map((root) => this.#store(root)),
          0,
        );
        this.options.cache.clear();
      });
      return Promise.resolve({});
    },
  };

  async #write(command: WriterCommand): Promise<Record<string, never>> {
    await this.options.write(command);
    return {};
  }

  /** Has the writer look at indexes that could not answer, each once until they can again. */
  #mend(gaps: readonly Gap[]): void {
    const unusable = new Set(gaps.map(({ root }) => root));
    for (const root of this.#mended) if (!unusable.has(root)) this.#mended.delete(root);
    for (const { root, kind } of gaps) {
      if (this.#mended.has(root)) continue;
      this.#mended.add(root);
      const command: WriterCommand = kind === 'damaged' ? { kind: 'repair', root } : { kind: 'changed', root };
      this.options.write(command).catch(() => this.#mended.delete(root));
    }
  }

  #keepReaders(roots: readonly Root[]): void {
    const old = new Map(this.#readers.map((reader) => [reader.root, reader]));
    this.#readers = roots.map(({ path }) => old.get(path) ?? this.#open(path));
    roots.forEach(({ encodings }, index) => this.#readers[index]?.useEncodings(encodings));
    for (const reader of old.values()) if (!this.#readers.includes(reader)) reader.close();
  }

  #open(root: string): RootReader {
    const reader = new RootReader(root, this.options.open({ root, store: this.#store(root) }));
    reader.useEncoder(this.#encoder);
    return reader;
  }

  #store(root: string): string {
    return join(this.options.storage, storeName(root));
  }

  async #sizes(): Promise<Sizes> {
    const own = this.#readers.map(({ root }) => this.#store(root));
    const { storage, cache } = this.options;
    const sizes = { bytes: 0, files: 0, chunks: 0, cacheBytes: cache.size, oldBytes: sizeOfOldIndexes(storage, own) };
    for (const { bytes, files, chunks } of await Promise.all(this.#readers.map((reader) => reader.sizes()))) {
      sizes.bytes += bytes;
      sizes.files += files;
      sizes.chunks += chunks;
    }
    return sizes;
  }
}

/** What there is to say about a question, once for all roots; that no file has a language, only where no root has one. */
function remarksOf(answers: readonly RootAnswer[]): SearchRemark[] {
  const asked = answers.filter(({ gap }) => gap === undefined);
  const counts = new Map<string, { readonly remark: SearchRemark; roots: number }>();
  for (const remark of asked.flatMap(({ remarks }) => remarks)) {
    const known = counts.get(JSON.stringify(remark));
    if (known === undefined) counts.set(JSON.stringify(remark), { remark, roots: 1 });
    else known.roots++;
  }
  return [...counts.values()]
    .filter(({ remark, roots }) => !ofAllRoots.has(remark.kind) || roots === asked.length)
    .map(({ remark }) => remark);
}

/** What is true of a workspace only where it is true of each of its roots. */
const ofAllRoots = new Set<SearchRemark['kind']>(['noSuchLanguage', 'corrected']);

/** Where one folder lies in another, both find what is in it: the inner one's answer stays. */
function eachOnce(found: readonly FoundChunk[]): FoundChunk[] {
  const places = new Map<string, FoundChunk>();
  for (const hit of found) {
    const place = `${join(hit.root, hit.path)}:${hit.from}-${hit.to}`;
    const other = places.get(place);
    if (other === undefined || hit.root.length > other.root.length) places.set(place, hit);
  }
  return [...places.values()];
}

/** Turns anything that was thrown into an error for the reply. */
function asIndexError(error: unknown): IndexError {
  if (error instanceof IndexError) return error;
  const message = errorMessage(error);
  return new IndexError('failed', `The index could not be used: ${message}`, { cause: error });
}
