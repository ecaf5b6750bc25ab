/**
 * What the index costs: `npm run bench -- search [--quick] [--json FILE]`.
 *
 * Indexes 1k, 10k and 100k chunks (`--quick`: 1k and 10k) of the code in node_modules, over and over under new names
 * where that is not enough; parsing and writing are timed apart, and questions asked of the index on disk.
 */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { distribution } from '../../../src/cli/distribution';
import { Batch, commit, type IndexedFile } from '../../../src/indexer/batch';
import { Catalogue } from '../../../src/indexer/catalogue';
import { chunkFile } from '../../../src/indexer/chunker';
import { readContent } from '../../../src/indexer/content';
import { Grammars } from '../../../src/syntax/grammars';
import { describeChunks } from '../../../src/indexer/describe';
import { languageOf } from '../../../src/syntax/languages';
import { lookInto, search, type Searched } from '../../../src/indexer/search';
import { createRandom } from '../../support/random';

const chunksPerCommit = 4_096;
/** How many different chunks are parsed at most; larger indexes repeat their files. */
const mostParsed = 10_000;
const questions = 200;

const packageFolder = path.dirname(createRequire(path.resolve('package.json')).resolve('@vscode/tree-sitter-wasm'));

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { quick: { type: 'boolean', default: false }, json: { type: 'string' } } });
  const sizes = values.quick ? [1_000, 10_000] : [1_000, 10_000, 100_000];
  const numbers: Record<string, number> = {};
  const { files, milliseconds } = await parseFiles(mostParsed);
  const parsed = files.reduce((sum, file) => sum + file.chunks.length, 0);
  numbers['parse.chunksPerSecond'] = (parsed / milliseconds) * 1000;
  process.stdout.write(`parsed ${parsed} chunks of ${files.length} files: ${numbers['parse.chunksPerSecond'].toFixed(0)} chunks/s\n`);
  for (const size of sizes) {
    const measured = await measure(files, size);
    for (const [name, value] of Object.entries(measured)) numbers[`${size}.${name}`] = value;
    const words = Object.entries(measured).map(([name, value]) => `${name} ${value.toFixed(value < 100 ? 2 : 0)}`);
    process.stdout.write(`${size} chunks: ${words.join(', ')}\n`);
  }
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(numbers, undefined, 2)}\n`);
}

/** Reads, cuts and analyses files until there are enough chunks. */
async function parseFiles(wanted: number): Promise<{ files: IndexedFile[]; milliseconds: number }> {
  const grammars = new Grammars(packageFolder);
  const names = (await readdir('node_modules', { recursive: true })).filter((name) => /\.(?:[cm]?js|ts|md|json)$/.test(name)).sort();
  const files: IndexedFile[] = [];
  let milliseconds = 0;
  let chunks = 0;
  for (const name of names) {
    if (chunks >= wanted) break;
    const bytes = await readFile(path.join('node_modules', name)).catch(() => undefined);
    const content = bytes && readContent(bytes);
    if (content === undefined || 'skipped' in content) continue;
    const start = performance.now();
    const described = describeChunks(content.text, name, await chunkFile(content.text, name, grammars));
    // The first file of a language pays for loading its grammar.
    milliseconds += performance.now() - start;
    chunks += described.chunks.length;
    files.push({ path: name, language: languageOf(name).id, hash: new Uint8Array(32), bytes: content.text.length, modified: 0, ...described });
  }
  return { files, milliseconds };
}

async function measure(files: readonly IndexedFile[], size: number): Promise<Record<string, number>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'glassbox-bench-'));
  const { catalogue } = Catalogue.openForWriting(folder);
  try {
    const start = performance.now();
    const { chunks, lines } = write(catalogue, files, size);
    const seconds = (performance.now() - start) / 1000;
    catalogue.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const { size: bytes } = await stat(path.join(folder, 'catalogue.db'));
    const searched = lookInto(catalogue);
    const opening = performance.now();
    ask(searched, 'open');
    const firstMs = performance.now() - opening;
    const times = questionsFrom(files).map((question) => ask(searched, question));
    const { p50, p95 } = distribution(times);
    return {
      writeChunksPerSecond: chunks / seconds,
      bytesPerThousandLines: (bytes / lines) * 1000,
      firstQueryMs: firstMs,
      queryP50Ms: p50,
      queryP95Ms: p95,
    };
  } finally {
    catalogue.close();
    await rm(folder, { recursive: true });
  }
}

function write(catalogue: Catalogue, files: readonly IndexedFile[], size: number): { chunks: number; lines: number } {
  let [chunks, lines, batch] = [0, 0, new Batch()];
  for (let round = 0; chunks < size; round++) {
    for (const file of files) {
      if (chunks >= size) break;
      batch.add({ ...file, path: `${round}/${file.path}` });
      chunks += file.chunks.length;
      lines += file.lines;
      if (batch.size < chunksPerCommit) continue;
      commit(catalogue, batch);
      batch = new Batch();
    }
  }
  commit(catalogue, batch);
  return { chunks, lines };
}

function ask(searched: Searched, input: string): number {
  const start = performance.now();
  search(searched, { input, mode: 'lexical', top: 10, vectors: new Map(), readChunk: () => undefined });
  return performance.now() - start;
}

/** Words that stand in the code, common ones as often as they stand there: eight in a question, as in a sentence. */
function questionsFrom(files: readonly IndexedFile[]): string[] {
  const random = createRandom(7);
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  return Array.from({ length: questions }, () => Array.from({ length: 8 }, () => pick(pick(pick(files.filter(({ chunks }) => chunks.length > 0)).chunks).terms)).join(' '));
}

void main();
