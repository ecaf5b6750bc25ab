/**
 * Searches the index of one root and adds snippets to the hits; used by the index server. Never writes the index; a
 * missing or damaged one is reported as a gap.
 */
import { join } from 'node:path';
import { CatalogueError } from '../store/catalogue';
import type { Embedder } from '../../ipc/indexer/embedder';
import { exactText } from '../ranking/exactText';
import { withoutOwn, withParts } from '../ranking/ownPlace';
import { parseQuestion, typed } from '../../ipc/indexer/query';
import type { SearchIndex } from '../searchIndex';
import type {
  ExampleQuestion,
  FoundChunk,
  Gap,
  SearchQuestion,
  SearchRemark,
  Sizes,
  SkippedFiles,
} from '../../ipc/indexer/protocol';
import { snippetOf, tellingTerms } from './snippet';
import type { FolderEncodings } from '../../common/text/encoding/decodeText';
import { errorMessage } from '../../common/errorMessage';

/** What one root has to say to a question. */
export interface RootAnswer {
  readonly found: FoundChunk[];
  readonly remarks: readonly SearchRemark[];
  /** Why there are no answers to be had. */
  readonly gap?: Gap;
}

/** Answers questions from the index of one root, which this or another process writes. */
export class RootReader {
  /** @param root absolute path */
  constructor(
    readonly root: string,
    private readonly index: SearchIndex,
  ) {}

  /** From now on, meanings are compared by this model where it has embedded the code. */
  useEncoder(encoder: Embedder | undefined): void {
    this.index.useFull(encoder);
  }

  /** From now on, files that are not Unicode are read by these settings. */
  useEncodings(encodings: FolderEncodings | undefined): void {
    this.index.useEncodings(encodings);
  }

  /** @returns the best answers, best first, or why there are none to be had */
  async search(question: SearchQuestion, signal: AbortSignal): Promise<RootAnswer> {
    try {
      if (!this.index.exists()) throw new CatalogueError('missing', 'There is no index.');
      return await this.#search(question, signal);
    } catch (error) {
      signal.throwIfAborted();
      const { root } = this;
      if (error instanceof CatalogueError) return { found: [], remarks: [], gap: { root, kind: error.code } };
      const reason = errorMessage(error);
      return { found: [], remarks: [], gap: { root, kind: 'failed', reason } };
    }
  }

  async #search({ text, kind, top, except }: SearchQuestion, signal: AbortSignal): Promise<RootAnswer> {
    const wanted = except === undefined ? top : withParts(top);
    const input = typed(text, kind);
    const { hits, remarks } = await this.index.answer(input, { top: wanted, signal });
    // A pattern that is none has found nothing.
    const exact = hits.length === 0 ? undefined : exactText(parseQuestion(input));
    // Folders may lie in each other.
    const isItsFile = (path: string): boolean =>
      except !== undefined && join(this.root, path) === join(except.root, except.path);
    const others = except === undefined ? hits : withoutOwn(hits, except, isItsFile, top);
    const read = this.index.readLines();
    const found = others.flatMap((hit) => {
      const lines = read(hit.path, hit.from, hit.to);
      // A file that has gone since is no answer.
      return lines === undefined
        ? []
        : [{ root: this.root, ...hit, snippet: snippetOf(lines, hit.from, tellingTerms(hit.why.terms), exact) }];
    });
    return { found, remarks };
  }

  async sizes(): Promise<Pick<Sizes, 'bytes' | 'files' | 'chunks'>> {
    const { files, chunks } = await unlessUnusable(() => this.index.coverage(), { files: 0, chunks: 0, vectors: {} });
    return { files, chunks, bytes: this.index.size() };
  }

  /** Files that are not searched, and why. */
  async skipped(limit: number): Promise<SkippedFiles> {
    const { total, files } = await unlessUnusable(() => this.index.skipped(limit), { total: 0, files: [] });
    return { total, files: files.map((file) => ({ root: this.root, ...file })) };
  }

  /** What could be asked here. */
  examples(): Promise<ExampleQuestion[]> {
    return unlessUnusable(() => this.index.examples(), []);
  }

  verify(): string[] {
    return this.index.verify();
  }

  close(): void {
    this.index.close();
  }
}

/** The writer makes an unreadable index again; until then, the result is that of an empty one. */
async function unlessUnusable<Result>(read: () => Result | Promise<Result>, otherwise: Result): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof CatalogueError) return otherwise;
    throw error;
  }
}
