/**
 * What search costs: `npm run bench -- search [--quick] [--json FILE] [--encoder DIR] [--only sizes|workspace] [--chunks N]`.
 *
 * Indexes 1k, 10k, 100k and 1M chunks (`--quick`: 1k and 10k; `--chunks`: so many) of the code in node_modules, over and over under new names
 * where that is not enough, their vectors turned so that none comes twice. Cutting, embedding and writing are timed
 * apart; questions are asked in a process of its own, by words, by meaning and by both; ripgrep and a scan in plain
 * JavaScript are asked the same. Beyond 100k chunks an index is copied to its size; from there on, the vectors of an encoder
 * take the place of the table's there; with `--encoder`, a model folder, the times there have a question's own encoding in
 * them. Milliseconds of the processor (`cpu…`) tell more than those of the clock where the machine has other work.
 *
 * Then a workspace of real packages is opened as the editor does it: how soon the first question is answered, how long it
 * takes until everything can be found by meaning, what opening it again costs, and how fast an encoder (`--encoder`, a
 * model folder) goes over it in the background.
 */
import { fork, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { rgPath } from '@vscode/ripgrep';
import { distribution } from '../../../src/cli/distribution';
import { Batch, commit } from '../../../src/indexer/indexing/batch';
import { Catalogue } from '../../../src/indexer/store/catalogue';
import { StaticEmbedder } from '../../../src/modelFolder/table/staticTable';
import { indexEnvironment, indexNodeArgs } from '../../../src/ipc/indexer/client';
import { search } from '../../../src/indexer/ranking/search';
import { lookInto } from '../../../src/indexer/ranking/searched';
import { ask } from './ask';
import type { Asking } from './ask';
import { inRound, literalsFrom, questionsFrom, readCorpus, vectorsOf } from './corpus';
import type { Corpus, CorpusFile } from './corpus';
import { multiply, writeFiles } from './grow';
import { answerTiers, measureTiers } from './tiers';
import type { AskingTiers } from './tiers';
import { measureWorkspace } from './workspace';

/** How many different chunks are parsed at most; larger indexes repeat their files. */
const maxParsedChunks = 10_000;
/** Larger indexes are copies. */
const maxWrittenChunks = 100_000;
const questions = 100;
const literals = 30;
const model = path.resolve('models', 'search');

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      encoder: { type: 'string' },
      only: { type: 'string' },
      chunks: { type: 'string' },
    },
  });
  const { quick, only, chunks } = values;
  const encoder = values.encoder === undefined ? undefined : path.resolve(values.encoder);
  const sizes = chunks !== undefined ? [Number(chunks)] : quick ? [1_000, 10_000] : [1_000, 10_000, 100_000, 1_000_000];
  const numbers: Record<string, number> = {};
  if (only !== 'workspace') Object.assign(numbers, await measureSizes(sizes, encoder));
  if (only !== 'sizes') {
    const measured = await measureWorkspace({ quick, encoder });
    for (const [name, value] of Object.entries(measured)) numbers[`workspace.${name}`] = value;
    say('a workspace', measured);
  }
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(numbers, undefined, 2)}\n`);
}

async function measureSizes(sizes: readonly number[], encoder: string | undefined): Promise<Record<string, number>> {
  const embedder = await StaticEmbedder.open(model);
  const corpus = await readCorpus(maxParsedChunks, embedder);
  const numbers: Record<string, number> = {
    'parse.chunksPerSecond': corpus.parseChunksPerSecond,
    'embed.chunksPerSecond': corpus.embedChunksPerSecond,
  };
  say('', numbers);
  for (const size of sizes) {
    const measured = await measure(corpus, embedder, size, encoder);
    for (const [name, value] of Object.entries(measured)) numbers[`${size}.${name}`] = value;
    say(`${size} chunks`, measured);
  }
  return numbers;
}

function say(title: string, numbers: Readonly<Record<string, number>>): void {
  const rows = Object.entries(numbers).map(
    ([name, value]) => `  ${name.padEnd(28)} ${value.toFixed(value < 100 ? 2 : 0).padStart(10)}`,
  );
  process.stdout.write(`${title}\n${rows.join('\n')}\n`);
}

async function measure(
  corpus: Corpus,
  embedder: StaticEmbedder,
  size: number,
  encoder: string | undefined,
): Promise<Record<string, number>> {
  const store = mkdtempSync(path.join(tmpdir(), 'glassbox-bench-'));
  const { catalogue } = Catalogue.openForWriting(store);
  try {
    const { chunks, lines, milliseconds } = writeFiles(
      catalogue,
      corpus.files,
      embedder,
      Math.min(size, maxWrittenChunks),
    );
    const times = Math.ceil(size / maxWrittenChunks);
    multiply(catalogue, times, embedder.dimension);
    catalogue.database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    const numbers: Record<string, number> = {
      'write.chunksPerSecond': (chunks / milliseconds) * 1000,
      bytesPerThousandLines: (statSync(path.join(store, 'catalogue.db')).size / (lines * times)) * 1000,
    };
    Object.assign(numbers, await askInProcess({ store, model, questions: questionsFrom(corpus.files, questions) }));
    if (size <= maxWrittenChunks) Object.assign(numbers, literalTimes(catalogue, corpus.files, size));
    // What the copies have left to merge is none of the updates'.
    commit(catalogue, new Batch());
    for (const count of [1, 1_000])
      numbers[`update.${count}FilesMs`] = update(catalogue, corpus.files, embedder, count);
    if (size >= maxWrittenChunks)
      Object.assign(
        numbers,
        await measureTiers({ store, model, questions: questionsFrom(corpus.files, questions), encoder }),
      );
    return numbers;
  } finally {
    catalogue.close();
    rmSync(store, { recursive: true });
  }
}

/** Writes files again that have changed, all in one commit; cutting and embedding them come on top, see above. */
function update(catalogue: Catalogue, files: readonly CorpusFile[], embedder: StaticEmbedder, count: number): number {
  const changed = Array.from({ length: count }, (_, index) => ({
    ...inRound(files[index % files.length]!, 5_000 + Math.floor(index / files.length), embedder.dimension),
    path: files[index % files.length]!.path,
  }));
  const distinct = [...new Map(changed.map((file) => [file.path, file])).values()];
  const vectors = vectorsOf(distinct, embedder);
  const batch = new Batch();
  for (const file of distinct) batch.add(file);
  const start = performance.now();
  commit(catalogue, batch, vectors);
  return performance.now() - start;
}

/** Names that stand in the code just so: asked of the index as phrases, and of ripgrep, which reads the files. */
function literalTimes(catalogue: Catalogue, files: readonly CorpusFile[], size: number): Record<string, number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'glassbox-bench-'));
  try {
    let chunks = 0;
    for (let round = 0; chunks < size; round++) {
      for (const file of files) {
        if (chunks >= size) break;
        const place = path.join(folder, round === 0 ? file.path : `${round}/${file.path}`);
        mkdirSync(path.dirname(place), { recursive: true });
        writeFileSync(place, file.text);
        chunks += file.chunks.length;
      }
    }
    const searched = lookInto(catalogue);
    const texts = new Map<string, string>();
    const readChunk = (name: string, start: number, end: number): string => {
      if (!texts.has(name)) texts.set(name, readFileSync(path.join(folder, name), 'utf8'));
      return texts.get(name)!.slice(start, end);
    };
    const names = literalsFrom(files, literals);
    const time = (work: (name: string) => void): number => {
      return distribution(names.map((name) => {
        const start = performance.now();
        work(name);
        return performance.now() - start;
      })).p50; // prettier-ignore
    };
    return {
      'literal.p50Ms': time((name) => {
        texts.clear();
        search(searched, { input: `"${name}"`, mode: 'lexical', top: 10, vectors: new Map(), readChunk });
      }),
      'literal.ripgrepP50Ms': time((name) =>
        spawnSync(rgPath, ['--fixed-strings', '--ignore-case', '--no-ignore', '--count', name, folder], {
          maxBuffer: 2 ** 28,
        }),
      ),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function askInProcess(asking: Asking): Promise<Record<string, number>> {
  return new Promise((resolve, reject) => {
    const child = fork(__filename, {
      execArgv: [...indexNodeArgs],
      env: { ...process.env, ...indexEnvironment, GLASSBOX_BENCH_ASK: JSON.stringify(asking) },
    });
    child.on('message', (numbers) => resolve(numbers as Record<string, number>));
    child.on('exit', (code) => reject(new Error(`The asking process ended with ${code}.`)));
  });
}

const { GLASSBOX_BENCH_ASK: asking, GLASSBOX_BENCH_TIERS: askingTiers } = process.env;
if (asking !== undefined) void ask(JSON.parse(asking) as Asking).then((numbers) => process.send?.(numbers));
else if (askingTiers !== undefined) void answerTiers(JSON.parse(askingTiers) as AskingTiers);
else void main();
