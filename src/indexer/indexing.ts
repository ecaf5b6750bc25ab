import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Batch, commit, type IndexedChunk, type IndexedFile } from './batch';
import type { Catalogue } from './catalogue';
import { chunkFile } from './chunker';
import type { Chunk } from './chunks';
import { readContent } from './content';
import type { Grammars } from '../syntax/grammars';
import { languageOf } from '../syntax/languages';
import { nameWithoutEnding } from '../paths';
import { withoutSecrets } from './redaction';
import type { Scope } from './scope';
import { walk, type WalkedFile } from './walk';
import { termsOf } from './words';

/** What bounds memory, and what is lost at most when the process is killed. */
const chunksPerCommit = 4_096;
const filesPerCommit = 2_048;
/** Milliseconds after which what is there becomes searchable. */
const commitEvery = 1_000;
/** Milliseconds: a file this young may change again without its time changing. */
const young = 2_000;

export interface IndexingReport {
  /** Files found by the walk. */
  files: number;
  /** Of those, read and written now. */
  indexed: number;
  chunks: number;
  removed: number;
  /** Files that hold nothing to search, by reason. */
  skipped: Record<string, number>;
  /** Folders and files that could not be read. */
  unreadable: string[];
}

export interface IndexingOptions {
  /** Called after each commit. */
  readonly onCommit?: (report: Readonly<IndexingReport>) => void;
  readonly signal?: AbortSignal;
  /** Waited for before each file: whoever has something more urgent to do lets it pending. */
  readonly turn?: () => Promise<void> | undefined;
  /** See {@link WalkOptions}. */
  readonly excludes?: readonly string[];
  /** What may have changed; the rest of the index stays as it is. */
  readonly scope?: Scope | undefined;
}

/**
 * Brings an index up to date with a folder: reads what is new or changed by size, time and content, and drops what is
 * gone. What is committed stays, whenever the process ends.
 *
 * @param root absolute path
 * @throws the signal's reason when it is aborted; what was read until then is committed
 */
export async function indexFolder(
  root: string,
  catalogue: Catalogue,
  grammars: Grammars,
  { onCommit, signal, turn, ...where }: IndexingOptions = {},
): Promise<IndexingReport> {
  const report: IndexingReport = { files: 0, indexed: 0, chunks: 0, removed: 0, skipped: {}, unreadable: [] };
  const seen = new Set<string>();
  let batch = new Batch();
  let last = performance.now();
  const flush = (): void => {
    if (!batch.isEmpty) {
      commit(catalogue, batch);
      batch = new Batch();
      onCommit?.(report);
    }
    last = performance.now();
  };
  for await (const found of walk(root, report, where)) {
    await turn?.();
    if (signal?.aborted === true) {
      flush();
      signal.throwIfAborted();
    }
    const { path } = found;
    const known = catalogue.all<KnownFile>('SELECT id, bytes, modified, hash, skipped FROM files WHERE path = ?', path)[0];
    const result = isUnchanged(found, known) ? known : await readFileFor(root, found, known, grammars);
    if (result === undefined) {
      report.unreadable.push(path);
      continue;
    }
    report.files++;
    seen.add(path);
    if (result.skipped) report.skipped[result.skipped] = (report.skipped[result.skipped] ?? 0) + 1;
    if ('chunks' in result) {
      batch.add(result);
      report.indexed++;
      report.chunks += result.chunks.length;
    } else if (result !== known) {
      batch.touched.push(result);
    }
    const full = batch.size >= chunksPerCommit || batch.files.length + batch.touched.length >= filesPerCommit;
    if (full || performance.now() - last > commitEvery) flush();
  }
  for (const { id, path } of catalogue.all<{ id: number; path: string }>('SELECT id, path FROM files')) {
    if (!seen.has(path) && (where.scope?.covers(path) ?? true)) batch.removed.push(id);
  }
  report.removed = batch.removed.length;
  flush();
  return report;
}

interface KnownFile {
  readonly id: number;
  readonly bytes: number;
  readonly modified: number;
  readonly hash: Uint8Array;
  readonly skipped: string | null;
}

function isUnchanged(found: WalkedFile, known: KnownFile | undefined): known is KnownFile {
  return known?.bytes === found.bytes && known.modified === found.modified;
}

/** @returns the file with its chunks, or with a new time where its content is known; undefined where it cannot be read */
async function readFileFor(
  root: string,
  { path, modified: changed }: WalkedFile,
  known: KnownFile | undefined,
  grammars: Grammars,
): Promise<IndexedFile | KnownFile | undefined> {
  const modified = Date.now() - changed < young ? -1 : changed;
  let bytes: Uint8Array;
  try {
    bytes = await readFile(join(root, path));
  } catch {
    return undefined;
  }
  const hash = createHash('sha256').update(bytes).digest();
  if (known !== undefined && hash.equals(known.hash)) return { ...known, modified };
  const content = readContent(bytes);
  const about = { path, language: languageOf(path).id, hash, bytes: bytes.length, modified };
  if ('skipped' in content) return { ...about, lines: 0, skipped: content.skipped, chunks: [] };
  const text = withoutSecrets(content.text);
  const chunks = await chunkFile(text, path, grammars);
  return { ...about, ...describeChunks(text, path, chunks) };
}

/** Adds lines and terms to the chunks of a text; those that hold no term cannot be found and are left out. */
export function describeChunks(text: string, path: string, chunks: readonly Chunk[]): { lines: number; chunks: IndexedChunk[] } {
  const name = termsOf(nameWithoutEnding(path));
  const definitions = new Map<string, number>();
  /** Terms of each definition. */
  const lengths: number[] = [];
  let line = 1;
  const described = chunks.flatMap(({ start, end, symbols, defines }) => {
    const part = text.slice(start, end);
    const from = line + lineBreaks(part.slice(0, part.length - part.trimStart().length));
    const to = line + lineBreaks(part.trimEnd());
    line += lineBreaks(part);
    const own = termsOf(part);
    if (own.length === 0) return [];
    const terms = [...own, ...name, ...termsOf(symbols.join(' '))];
    const key = symbols.join('\n');
    // Code outside of definitions stands for itself, and overloads have one name.
    const definition = (defines || symbols.length === 0 ? undefined : definitions.get(key)) ?? lengths.push(0) - 1;
    definitions.set(key, definition);
    lengths[definition] = (lengths[definition] ?? 0) + terms.length;
    return [{ start, end, from, to, symbols, defines, definition, terms }];
  });
  return {
    lines: text === '' || text.endsWith('\n') ? line - 1 : line,
    chunks: described.map((chunk) => ({ ...chunk, whole: lengths[chunk.definition] ?? 0 })),
  };
}

function lineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
