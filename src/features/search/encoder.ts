/**
 * The encoder chosen for search: remembers its facts between starts and answers the index's requests for vectors
 * through the engine, or through a server that the user has named. Used by `workspaceIndex.vscode.ts`; refuses when the model has changed.
 */
import type { EngineService } from '../../host/engineService';
import { maxTextLength } from '../../ipc/engine/protocol';
import type { EmbeddingKind } from '../../ipc/indexer/embedder';
import type { EncoderFacts } from '../../ipc/indexer/protocol';
import type { AskForVectors } from '../../ipc/indexer/vectorRequests';
import type { Log } from '../../host/log.vscode';
import type { Memento } from '../../host/memento';
import { errorMessage } from '../../common/errorMessage';
import { VectorsByServer } from './byServer';
import type { EmbeddingServer } from './byServer';

/** Remembers which model the folder, or the server, held, so that no model is opened just to know which vectors count. */
const memoryKey = 'search.encoder';

interface Remembered extends EncoderFacts {
  readonly folder: string;
}

export interface SearchEncoderOptions {
  readonly engine: Pick<EngineService, 'request'>;
  /** A server that is asked in the model's place, asked each time. */
  readonly server?: () => EmbeddingServer | undefined;
  /** Absolute path of the model folder, asked each time; undefined where no encoder is wanted. */
  readonly folder: () => string | undefined;
  readonly memory: Memento;
  readonly log: Pick<Log, 'warn'>;
  /** Called when `facts` or `problem` has changed. */
  readonly onDidChange: () => void;
}

/** The model that the user has chosen to compare meanings with: the engine runs it, the index process asks for it. */
export class SearchEncoder {
  /** Why it cannot be used, one sentence. */
  problem: string | undefined;

  #byServer: { readonly server: EmbeddingServer; readonly vectors: VectorsByServer } | undefined;

  constructor(private readonly options: SearchEncoderOptions) {}

  /** What the index is to know of it; undefined while it has never been opened, and where there is none. */
  get facts(): EncoderFacts | undefined {
    const remembered = this.options.memory.get(memoryKey) as Remembered | undefined;
    if (remembered === undefined || remembered.folder !== this.#source) return undefined;
    return { id: remembered.id, dimension: remembered.dimension };
  }

  /** Opens the model to learn its `facts`, unless they are known. For the start, and when another was chosen. */
  async learn(): Promise<void> {
    this.problem = undefined;
    const source = this.#source;
    if (source === undefined || this.facts !== undefined) return;
    try {
      const vectors = this.#server;
      if (vectors === undefined) await this.#open(source, 'index');
      else await this.#remember(source, await vectors.facts());
    } catch (error) {
      // Another one was chosen meanwhile, and says for itself what it is.
      if (this.#source !== source) return;
      this.problem = errorMessage(error);
      this.options.log.warn(`Search goes on without its encoder: ${this.problem}`);
      this.options.onDidChange();
    }
  }

  /** @throws {Error} also where the folder holds another model by now: the index is informed, and asks again */
  readonly embed: AskForVectors = async (texts, purpose, signal) => {
    const server = this.#server;
    if (server !== undefined) return this.#embedByServer(server, texts, purpose, signal);
    const folder = this.options.folder();
    const known = this.facts;
    if (folder === undefined) throw new Error('There is no encoder any more.');
    const priority = purpose === 'query' ? 'inspect' : 'index';
    const opening = this.#open(folder, priority, signal);
    // Asked for at once: a person waits for a question. What is wrong with the model, opening it says.
    const embedding = this.options.engine.request(
      'embed',
      { model: folder, kind: purpose, texts: texts.map((text) => text.slice(0, maxTextLength)) },
      { priority, ...(signal && { signal }) },
    );
    embedding.catch(() => undefined);
    const facts = await opening;
    if (facts.id !== known?.id || facts.dimension !== known.dimension)
      throw new Error('The encoder is another one than before.');
    const { vectors } = await embedding;
    return vectors;
  };

  /** The engine opens a model once; after that, this is a word with it. */
  async #open(folder: string, priority: 'inspect' | 'index', signal?: AbortSignal): Promise<EncoderFacts> {
    const { name, role, identity, dimension } = await this.options.engine.request(
      'load',
      { model: folder },
      { priority, ...(signal && { signal }) },
    );
    if (role !== 'encoder' || identity === undefined || dimension === undefined) {
      throw new Error(`${name} is not an encoder, which search needs; choose another model folder.`);
    }
    await this.#remember(folder, { id: identity, dimension });
    return { id: identity, dimension };
  }

  /** @param folder what the facts are of, unless another one was chosen meanwhile */
  async #remember(folder: string, { id, dimension }: EncoderFacts): Promise<void> {
    const { facts } = this;
    if (this.#source !== folder || (facts?.id === id && facts.dimension === dimension)) return;
    await this.options.memory.update(memoryKey, { folder, id, dimension } satisfies Remembered);
    this.options.onDidChange();
  }

  async #embedByServer(
    server: VectorsByServer,
    texts: readonly string[],
    purpose: EmbeddingKind,
    signal: AbortSignal | undefined,
  ): Promise<Float32Array> {
    const known = this.facts;
    const vectors = await server.embed(
      texts.map((text) => text.slice(0, maxTextLength)),
      purpose,
      signal,
    );
    if (known === undefined || vectors.length !== texts.length * known.dimension)
      throw new Error('The encoder is another one than before.');
    return vectors;
  }

  /** Names what makes the vectors: a folder or a server. */
  get #source(): string | undefined {
    const server = this.options.server?.();
    return server === undefined ? this.options.folder() : `server ${server.identity}`;
  }

  get #server(): VectorsByServer | undefined {
    const server = this.options.server?.();
    if (server === undefined) this.#byServer = undefined;
    else if (this.#byServer?.server !== server) this.#byServer = { server, vectors: new VectorsByServer(server) };
    return this.#byServer?.vectors;
  }
}
