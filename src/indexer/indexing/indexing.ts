/**
 * Updates the index of a folder: walks it, reads, cuts and describes changed files, and commits in batches; called by
 * `searchIndex.ts`. Secrets are blanked out before a file is cut.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Batch, commit } from './batch';
import type { IndexedFile } from './batch';
import type { Catalogue } from '../store/catalogue';
import { chunkFile } from '../chunks/chunker';
import { maxBytesOf, readContent, skipReasonOf, sourceBounds } from '../chunks/content';
import { describeChunks } from './describe';
import type { KeyedText } from '../embedding/supply';
import { readBoundedSync } from '../../common/files/boundedRead';
import type { BoundedRead } from '../../common/files/boundedRead';
import type { EncodingSettings, FolderEncodings } from '../../common/text/encoding/decodeText';
import { withoutSecrets } from '../../common/secrets/withoutSecrets';
import type { Scope } from '../../common/files/scope';
import type { Suspects } from './suspects';
import { encodingOf, readingOf } from './reading';
import { mayBeThere } from './unreadable';
import type { Grammars } from '../../syntax/grammars';
import { languageOf } from '../../syntax/languages';
import type { VectorRows } from '../vectors/blocks';
import { walk } from '../../common/files/walk';
import type { WalkedFile } from '../../common/files/walk';

/** What bounds memory, and what is lost at most when the process is killed. */
const maxChunks = 4_096;
const filesPerCommit = 2_048;
/** Milliseconds after which what is there becomes searchable. */
const commitEvery = 1_000;
/** The same for the first commit: the user may be waiting for first results. */
const firstCommitAfter = 250;
/** Milliseconds: a file this young may change again without its time changing. */
const young = 2_000;
/** Milliseconds of reading and cutting after which messages have their turn. */
const turnEvery = 25;

export interface IndexingReport {
  /** Files found by the walk. */
  files: number;
  /** Of those, read and written now. */
  indexed: number;
  chunks: number;
  removed: number;
  /** Files that could not be read or looked for: what is known of them stays. */
  kept: number;
  /** Files that hold nothing to search, by reason. */
  skipped: Record<string, number>;
  /** Folders and files that could not be read. */
  unreadable: string[];
  /** How long was spent on reading and cutting files, on vectors, and on writing. */
  milliseconds: { read: number; embed: number; write: number };
}

export interface IndexingOptions {
  /** See {@link WalkOptions}. */
  readonly excludes?: readonly string[];
  /** What may have changed; the rest of the index stays as it is. */
  readonly scope?: Scope | undefined;
  /** How the editor reads files that are not Unicode. */
  readonly encodings?: FolderEncodings | undefined;
  /** The vectors that texts are to be found by as soon as they are in the index; they are committed together. */
  readonly vectorsFor?: (texts: readonly KeyedText[]) => Promise<VectorRows[]>;
  /** Records which file is being read, and knows those that are not to be read. */
  readonly suspects?: Pick<Suspects, 'isPoison' | 'begin' | 'end'> | undefined;
  /** Called for each file that is looked at. */
  readonly onFile?: () => void;
  /** After how many chunks they are committed, at most. */
  readonly chunksPerCommit?: number;
  /** Called after each commit. */
  readonly onCommit?: (report: Readonly<IndexingReport>) => void;
  /** Awaited before each file: the caller leaves it pending while it has something more urgent to do. */
  readonly turn?: (() => Promise<void> | undefined) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Brings an index up to date with a folder: reads what is new or changed by size, time and content, and drops what is
 * gone. What is committed stays, whenever the process ends.
 *
 * @param root absolute path
 * @throws {unknown} the signal's reason when it is aborted; what was read until then is committed
 */
export async function indexFolder(
  root: string,
  catalogue: Catalogue,
  grammars: Grammars,
  options: IndexingOptions = {},
): Promise<IndexingReport> {
  const {
    vectorsFor,
    chunksPerCommit = maxChunks,
    suspects,
    onFile,
    onCommit,
    turn,
    signal,
    encodings,
    ...where
  } = options;
  const report: IndexingReport = {
    files: 0,
    indexed: 0,
    chunks: 0,
    removed: 0,
    kept: 0,
    skipped: {},
    unreadable: [],
    milliseconds: { read: 0, embed: 0, write: 0 },
  };
  const seen = new Set<string>();
  let batch = new Batch();
  let last = performance.now();
  let patience = firstCommitAfter;
  let lastTurn = last;
  const timed = async <Result>(
    what: keyof IndexingReport['milliseconds'],
    work: () => Result | Promise<Result>,
  ): Promise<Result> => {
    const start = performance.now();
    const result = await work();
    report.milliseconds[what] += performance.now() - start;
    return result;
  };
  const flush = async (): Promise<void> => {
    if (!batch.isEmpty) {
      const texts = batch.files.flatMap(({ chunks }) => chunks.map(({ key, embedded: text }) => ({ key, text })));
      const vectors =
        vectorsFor === undefined || texts.length === 0 ? [] : await timed('embed', () => vectorsFor(texts));
      await timed('write', () => commit(catalogue, batch, vectors));
      batch = new Batch();
      patience = commitEvery;
      onCommit?.(report);
    }
    last = performance.now();
  };
  const readNow = async (
    found: WalkedFile,
    known: KnownFile | undefined,
  ): Promise<IndexedFile | KnownFile | undefined> => {
    suspects?.begin(found);
    const result = await timed('read', () => readFileFor(root, found, known, grammars, encodings));
    suspects?.end(found);
    return result;
  };
  for await (const found of walk(root, report, where)) {
    if (performance.now() - lastTurn > turnEvery) {
      await new Promise(setImmediate);
      lastTurn = performance.now();
    }
    await turn?.();
    onFile?.();
    if (signal?.aborted === true) {
      await flush();
      signal.throwIfAborted();
    }
    const { path } = found;
    const known = catalogue.all<KnownFile>(
      'SELECT id, bytes, modified, hash, skipped, reading FROM files WHERE path = ?',
      path,
    )[0];
    const result = isUnchanged(found, known, encodings)
      ? known
      : suspects?.isPoison(found) === true
        ? passedBy(found)
        : await readNow(found, known);
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
    if (full || performance.now() - last > patience) await flush();
  }
  const isKept = await mayBeThere(root, report.unreadable);
  const gone = new Set<number>();
  for (const { id, path } of filesWithin(catalogue, where.scope)) {
    if (seen.has(path)) continue;
    if (isKept(path)) report.kept++;
    else gone.add(id);
  }
  batch.removed.push(...gone);
  report.removed = gone.size;
  await flush();
  return report;
}

/** Known files of a part of the folder, some of them twice. A part is looked up, which costs nothing in a large index. */
function* filesWithin(catalogue: Catalogue, scope: Scope | undefined): Generator<{ id: number; path: string }> {
  if (scope === undefined) {
    yield* catalogue.each<{ id: number; path: string }>('SELECT id, path FROM files');
    return;
  }
  for (const path of scope.paths) {
    yield* catalogue.all<{ id: number; path: string }>('SELECT id, path FROM files WHERE path = ?', path);
    // Behind `/` comes `0`: all that begins with the folder.
    const inside = 'SELECT id, path FROM files WHERE path > ? AND path < ?';
    yield* catalogue.all<{ id: number; path: string }>(inside, `${path}/`, `${path}0`);
  }
}

interface KnownFile {
  readonly id: number;
  readonly bytes: number;
  readonly modified: number;
  readonly hash: Uint8Array;
  readonly skipped: string | null;
  readonly reading: string | null;
}

function isUnchanged(
  found: WalkedFile,
  known: KnownFile | undefined,
  encodings: FolderEncodings | undefined,
): known is KnownFile {
  return (
    known?.bytes === found.bytes &&
    known.modified === found.modified &&
    isReadAlike(known, encodingOf(found.path, encodings))
  );
}

/** Whether settings that were changed since say nothing of a file. */
function isReadAlike({ reading }: KnownFile, settings: EncodingSettings): boolean {
  return reading === null || reading === readingOf(settings);
}

function passedBy({ path, bytes, modified }: WalkedFile): IndexedFile {
  return {
    path,
    bytes,
    modified,
    language: languageOf(path).id,
    hash: new Uint8Array(),
    lines: 0,
    skipped: 'fatal',
    chunks: [],
  };
}

/**
 * @param root absolute path
 * @returns the file with its chunks, or with a new time where its content is known; undefined where it cannot be read
 */
async function readFileFor(
  root: string,
  { path, bytes: size, modified: changed }: WalkedFile,
  known: KnownFile | undefined,
  grammars: Grammars,
  encodings: FolderEncodings | undefined,
): Promise<IndexedFile | KnownFile | undefined> {
  // The time is that before reading: a change since then is seen the next time.
  const modified = Date.now() - changed < young ? -1 : changed;
  const empty = {
    path,
    language: languageOf(path).id,
    hash: new Uint8Array(),
    bytes: size,
    modified,
    lines: 0,
    chunks: [],
  };
  if (size > maxBytesOf(path)) return { ...empty, skipped: 'huge' };
  let read: BoundedRead;
  try {
    // Five trips to other threads would take longer than most files; this thread has nothing else to do meanwhile.
    read = readBoundedSync(join(root, path), sourceBounds(path));
  } catch {
    return undefined;
  }
  if ('refused' in read) return { ...empty, skipped: skipReasonOf(read.refused) };
  const hash = createHash('sha256').update(read.bytes).digest();
  const settings = encodingOf(path, encodings);
  if (known !== undefined && hash.equals(known.hash) && isReadAlike(known, settings)) return { ...known, modified };
  const about = { ...empty, hash, bytes: read.bytes.length };
  const content = readContent(read.bytes, path, settings);
  if ('skipped' in content) return { ...about, skipped: content.skipped };
  const text = withoutSecrets(content.text, path);
  const reading = content.isUnicode ? {} : { reading: readingOf(settings) };
  return { ...about, ...reading, ...describeChunks(text, path, await chunkFile(text, path, grammars)) };
}
