/** Real code, cut into chunks, and as many more of the same kind as are wanted. */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { IndexedFile } from '../../../src/indexer/indexing/batch';
import { chunkFile } from '../../../src/indexer/chunks/chunker';
import { readContent } from '../../../src/indexer/chunks/content';
import { describeChunks } from '../../../src/indexer/indexing/describe';
import type { StaticEmbedder } from '../../../src/modelFolder/table/staticTable';
import type { VectorRows } from '../../../src/indexer/vectors/blocks';
import { vectorModel } from '../../../src/ipc/indexer/embedder';
import { keyName } from '../../../src/indexer/chunks/embeddedText';
import { quantizeAll } from '../../../src/indexer/vectors/quantization';
import { Grammars } from '../../../src/syntax/grammars';
import { languageOf } from '../../../src/syntax/languages';
import { createRandom } from '../../support/random';

const wasmFolder = path.join(
  path.dirname(createRequire(path.resolve('package.json')).resolve('@vscode/tree-sitter-wasm/package.json')),
  'wasm',
);

/** A file with its text and the quantised vectors of its chunks, one behind the other. */
export interface CorpusFile extends IndexedFile {
  readonly text: string;
  readonly vectors: Uint8Array;
}

export interface Corpus {
  readonly files: readonly CorpusFile[];
  readonly parseChunksPerSecond: number;
  readonly embedChunksPerSecond: number;
}

/** Reads code of node_modules, cuts and embeds it, until there are enough chunks; no two of them have the same text. */
export async function readCorpus(wanted: number, embedder: StaticEmbedder): Promise<Corpus> {
  const grammars = new Grammars(wasmFolder);
  const names = (await readdir('node_modules', { recursive: true }))
    .filter((name) => /\.(?:[cm]?js|ts|md|json)$/.test(name))
    .sort();
  const files: CorpusFile[] = [];
  const seen = new Set<string>();
  let [chunks, parsing, embedding] = [0, 0, 0];
  for (const name of names) {
    if (chunks >= wanted) break;
    const bytes = await readFile(path.join('node_modules', name)).catch(() => undefined);
    const content = bytes && readContent(bytes);
    if (content === undefined || 'skipped' in content) continue;
    const { text } = content;
    const start = performance.now();
    const described = describeChunks(text, name, await chunkFile(text, name, grammars));
    const cut = performance.now();
    const texts = new Set(described.chunks.map(({ key }) => keyName(key)));
    if (texts.size < described.chunks.length || [...texts].some((text) => seen.has(text))) continue;
    for (const text of texts) seen.add(text);
    const vectors = quantizeAll(
      await embedder.embed(described.chunks.map(({ embedded }) => embedded)),
      embedder.dimension,
    );
    // The first file of a language pays for loading its grammar.
    parsing += cut - start;
    embedding += performance.now() - cut;
    chunks += described.chunks.length;
    const about = {
      path: name,
      language: languageOf(name).id,
      hash: new Uint8Array(32),
      bytes: text.length,
      modified: 0,
    };
    files.push({ ...about, ...described, text, vectors: new Uint8Array(vectors.buffer) });
  }
  return { files, parseChunksPerSecond: (chunks / parsing) * 1000, embedChunksPerSecond: (chunks / embedding) * 1000 };
}

/** A file of another round, of less than 2¹⁶: under another name, and with other texts as far as vectors are concerned. */
export function inRound(file: CorpusFile, round: number, dimension: number): CorpusFile {
  if (round === 0) return file;
  const chunks = file.chunks.map((chunk) => ({ ...chunk, key: otherKey(chunk.key, round) }));
  return { ...file, path: `${round}/${file.path}`, chunks, vectors: turned(file.vectors, round, dimension) };
}

/** @param salt 32 bits; different ones give different keys, one after the other as well */
export function otherKey(key: Uint8Array, salt: number): Uint8Array {
  // A copy also of a buffer, which `slice` would share.
  const other = new Uint8Array(key);
  const view = new DataView(other.buffer);
  view.setUint32(0, view.getUint32(0) ^ salt);
  return other;
}

/** Vectors whose numbers have moved by some places: as far from the old ones as any. */
export function turned(vectors: Uint8Array, places: number, dimension: number): Uint8Array {
  const other = new Uint8Array(vectors.length);
  for (let start = 0; start < vectors.length; start += dimension) {
    for (let index = 0; index < dimension; index++)
      other[start + ((index + places) % dimension)] = vectors[start + index] as number;
  }
  return other;
}

export function vectorsOf(files: readonly CorpusFile[], embedder: StaticEmbedder): VectorRows[] {
  const keys = Buffer.concat(files.flatMap(({ chunks }) => chunks.map(({ key }) => key)));
  return [{ model: vectorModel(embedder), keys, data: Buffer.concat(files.map(({ vectors }) => vectors)) }];
}

/** Words that stand in the code, common ones as often as they stand there: eight in a question, as in a sentence. */
export function questionsFrom(files: readonly CorpusFile[], count: number): string[] {
  const random = createRandom(7);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const full = files.filter(({ chunks }) => chunks.length > 0);
  return Array.from({ length: count }, () =>
    Array.from({ length: 8 }, () => pick(pick(pick(full).chunks).terms)).join(' '),
  );
}

/** Names that stand in the code just so. */
export function literalsFrom(files: readonly CorpusFile[], count: number): string[] {
  const random = createRandom(11);
  const names = files.flatMap(({ text }) => text.match(/\b[a-z]+[A-Z]\w{4,}\b/g)?.slice(0, 5) ?? []);
  return Array.from({ length: count }, () => names[Math.floor(random() * names.length)]!);
}
