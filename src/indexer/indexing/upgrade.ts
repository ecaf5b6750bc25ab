/**
 * Embeds the chunks that lack a vector of the better model, in the background, recently used files first; called by
 * `searchIndex.ts`. Yields to more urgent work before each model call.
 */
import { join } from 'node:path';
import { Batch, commit } from './batch';
import { numbersOf } from '../store/bytes';
import type { Catalogue } from '../store/catalogue';
import { contentOf, sourceBounds } from '../chunks/content';
import type { Embedder } from '../../ipc/indexer/embedder';
import { vectorModel } from '../../ipc/indexer/embedder';
import type { KeyedText, VectorSupply } from '../embedding/supply';
import { keyOf, textToEmbed } from '../chunks/embeddedText';
import { readBounded } from '../../common/files/boundedRead';
import type { FolderEncodings } from '../../common/text/encoding/decodeText';
import { withoutSecrets } from '../../common/secrets/withoutSecrets';
import type { VectorRows } from '../vectors/blocks';
import { encodingOf } from './reading';
import type { DenseIndex } from '../vectors/denseIndex';
import { KeyTable } from '../store/keyTable';
import { errorMessage } from '../../common/errorMessage';

/** Texts that a model gets at once. */
const textsPerCall = 32;
/** Milliseconds after which what is there becomes searchable, and which are lost at most. */
const commitEvery = 2_000;
/** Calls in a row that fail before the model is taken to be broken. */
const maxFailures = 3;

export interface UpgradeOptions {
  /** Paths whose texts come first, the most recently used file first. */
  readonly recent?: readonly string[];
  /** Called after each commit. */
  readonly onProgress?: (progress: UpgradeProgress) => void;
  /** Awaited before each call of the model: the caller leaves it pending while it has something more urgent to do. */
  readonly turn?: (() => Promise<void> | undefined) | undefined;
  /** Asked first, and after each call of the model: whether to leave it at what was done so far. */
  readonly enough?: () => boolean;
  readonly signal?: AbortSignal | undefined;
  /** How the editor reads files that are not Unicode. */
  readonly encodings?: FolderEncodings | undefined;
}

export interface UpgradeProgress {
  /** Chunks that had no vector of the model, and those of them that have one now. */
  readonly missing: number;
  readonly done: number;
  /** Why some have none: the model's error message. */
  readonly failure?: string;
}

interface Parts {
  readonly catalogue: Catalogue;
  readonly dense: DenseIndex;
  readonly supply: VectorSupply;
  /** Absolute path. */
  readonly root: string;
}

/**
 * Gives every text of an index a vector of a model where it has none: first those that are used, then those that were
 * changed last. A text that has changed since it was indexed is left to the next update.
 *
 * @throws {unknown} the signal's reason when it is aborted, and what the model says when it fails over and over; what was embedded
 *   until then is committed
 */
export async function upgrade(
  { catalogue, dense, supply, root }: Parts,
  embedder: Embedder,
  options: UpgradeOptions = {},
): Promise<UpgradeProgress> {
  const { recent = [], onProgress, turn, enough = () => false, signal, encodings } = options;
  const model = vectorModel(embedder);
  const files = filesToUpgrade(catalogue, dense, model, recent);
  const missing = files.reduce((sum, file) => sum + file.missing, 0);
  const asked = new KeyTable();
  let done = 0;
  let failures = 0;
  let failure: string | undefined;
  let waiting: KeyedText[] = [];
  let ready: VectorRows[] = [];
  let last = performance.now();
  const progress = (): UpgradeProgress => ({ missing, done, ...(failure === undefined ? {} : { failure }) });
  const write = (): void => {
    if (ready.length > 0) commit(catalogue, new Batch(), joinRows(ready));
    ready = [];
    last = performance.now();
    onProgress?.(progress());
  };
  /** A text may be too much for a model, and end it even. It is found by asking for one after the other. */
  const embedAll = async (texts: readonly KeyedText[]): Promise<void> => {
    try {
      ready.push(...(await supply.embed(embedder, texts, signal)));
      done += texts.length;
      failures = 0;
    } catch (error) {
      signal?.throwIfAborted();
      failure = errorMessage(error);
      // Where nothing works any more, there is no use in going on.
      if (++failures === maxFailures) throw error;
      if (texts.length > 1) for (const text of texts) await embedAll([text]);
    }
  };
  const embed = async (): Promise<void> => {
    const texts = waiting;
    waiting = [];
    if (texts.length === 0) return;
    await turn?.();
    signal?.throwIfAborted();
    await embedAll(texts);
    if (performance.now() - last > commitEvery) write();
  };
  try {
    if (enough()) return progress();
    for (const { id, path } of files) {
      for (const text of await textsOf(catalogue, dense, model, id, root, path, encodings)) {
        // Copies of a file share their texts.
        const words = numbersOf(text.key);
        if (asked.find(words, 0) !== undefined) {
          done++;
          continue;
        }
        asked.add(words, 0);
        if (waiting.push(text) < textsPerCall) continue;
        await embed();
        if (enough()) return progress();
      }
    }
    await embed();
  } finally {
    write();
  }
  return progress();
}

interface FileToUpgrade {
  readonly id: number;
  readonly path: string;
  /** Chunks without a vector. */
  readonly missing: number;
}

function filesToUpgrade(
  catalogue: Catalogue,
  dense: DenseIndex,
  model: string,
  recent: readonly string[],
): FileToUpgrade[] {
  return catalogue.snapshot(() => {
    dense.refresh();
    const { wholes, texts, files } = dense.slots;
    const missing = new Map<number, number>();
    for (let slot = 0; slot < wholes.length; slot++) {
      if (wholes[slot] === 0 || !dense.lacks(texts[slot] as number, model)) continue;
      missing.set(files[slot] as number, (missing.get(files[slot] as number) ?? 0) + 1);
    }
    if (missing.size === 0) return [];
    const order = new Map(recent.map((path, index) => [path, index]));
    const found: FileToUpgrade[] = [];
    for (const { id, path } of catalogue.each<{ id: number; path: string }>(
      'SELECT id, path FROM files WHERE skipped IS NULL ORDER BY modified DESC, path',
    )) {
      const count = missing.get(id);
      if (count !== undefined) found.push({ id, path, missing: count });
    }
    return found.sort((a, b) => (order.get(a.path) ?? recent.length) - (order.get(b.path) ?? recent.length));
  });
}

/** The texts of a file that have no vector and still stand where they did. */
async function textsOf(
  catalogue: Catalogue,
  dense: DenseIndex,
  model: string,
  file: number,
  root: string,
  path: string,
  encodings: FolderEncodings | undefined,
): Promise<KeyedText[]> {
  let text: string;
  try {
    const content = contentOf(
      await readBounded(join(root, path), sourceBounds(path)),
      path,
      encodingOf(path, encodings),
    );
    if ('skipped' in content) return [];
    text = withoutSecrets(content.text, path);
  } catch {
    return [];
  }
  return catalogue.snapshot(() => {
    dense.refresh();
    return catalogue
      .all<ChunkPlace>('SELECT id, "start", "end", symbols, defines FROM chunks WHERE file = ? ORDER BY id', file)
      .flatMap(({ id, start, end, symbols, defines }) => {
        const slot = dense.slots.slotOf(id);
        if (slot === undefined || !dense.lacks(dense.slots.texts[slot] as number, model)) return [];
        const embedded = textToEmbed(symbols === '' ? [] : symbols.split('\n'), defines === 1, text.slice(start, end));
        const key = keyOf(embedded);
        return dense.slots.hasText(slot, key) ? [{ key, text: embedded }] : [];
      });
  });
}

interface ChunkPlace {
  readonly id: number;
  readonly start: number;
  readonly end: number;
  readonly symbols: string;
  readonly defines: number;
}

function joinRows(rows: readonly VectorRows[]): VectorRows[] {
  const models = [...new Set(rows.map(({ model }) => model))];
  return models.map((model) => {
    const own = rows.filter((other) => other.model === model);
    return {
      model,
      keys: Buffer.concat(own.map(({ keys }) => keys)),
      data: Buffer.concat(own.map(({ data }) => data)),
    };
  });
}
