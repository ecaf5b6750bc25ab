/**
 * Search beside semble, an index for agents, at equal vectors: `npm run bench -- semble --python PROGRAM [--encoder DIR]
 * [--packages NAMES] [--json FILE]`. PROGRAM is a Python that has semble 0.7 (`pip install semble`). semble gets our table
 * of token vectors in its own format, so that what differs is chunks, words, fusion and rules; the rows are semble, the
 * index of the product by words, by words and table, and by words and encoder, and ripgrep. All are asked the frozen
 * sentences of the quality bench in whole packages, without the documentation that they are from.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { distribution } from '../../../src/cli/distribution';
import type { Embedder } from '../../../src/ipc/indexer/embedder';
import { SearchIndex } from '../../../src/indexer/searchIndex';
import { StaticEmbedder } from '../../../src/modelFolder/table/staticTable';
import { makeFolder } from '../../support/folder';
import { openEncoder } from '../quality/encoder';
import { groupBy, mean } from '../quality/group';
import { grammars } from '../quality/indexSearcher';
import { BenchError, readPackages } from '../quality/packages';
import { readFunctions, readSentenceTasks } from '../quality/tasks';
import { wholePackage } from '../quality/wholePackage';
import type { WholePackage } from '../quality/wholePackage';
import { grep } from './grep';
import { countTokens, fileNdcg, ndcg, tokensRead } from './score';
import type { Place } from './score';

/** Fixed before anything was measured: small, none of those that weights were chosen on. */
const usualPackages = 'zod,axios,fastify,express,flask,attrs,click';

interface Answer {
  readonly hits: readonly Place[];
  readonly milliseconds: number;
}
/** What one system says of one package. */
interface Run {
  /** Until everything can be found. */
  readonly seconds: number;
  readonly answers: readonly Answer[];
}

interface Asked {
  readonly name: string;
  readonly folder: string;
  readonly whole: WholePackage;
  readonly wanted: readonly Place[];
  readonly questions: readonly string[];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      python: { type: 'string' },
      encoder: { type: 'string' },
      packages: { type: 'string', default: usualPackages },
      json: { type: 'string' },
    },
  });
  if (values.python === undefined) throw new BenchError('--python names a Python that has semble: pip install semble.');
  const asked = await writePackages(values.packages.split(','));
  const scratch = makeFolder();
  const encoder = values.encoder === undefined ? undefined : await openEncoder(values.encoder);
  try {
    const table = await StaticEmbedder.open(path.resolve('models', 'search'));
    const runs = new Map<string, Run[]>([['semble', await askSemble(values.python, scratch, asked, table)]]);
    for (const each of asked) {
      add(runs, 'ripgrep', { seconds: 0, answers: each.questions.map((question) => grep(each.folder, question)) });
      await askGlassbox(each, { table, encoder }, runs);
      process.stderr.write(`${each.name}: ${each.questions.length} questions\n`);
    }
    const numbers = report(asked, runs);
    if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(numbers, undefined, 2)}\n`);
  } finally {
    encoder?.dispose();
    for (const folder of [scratch, ...asked.map((each) => each.folder)]) rmSync(folder, { recursive: true });
  }
}

function add(runs: Map<string, Run[]>, system: string, run: Run): void {
  runs.set(system, [...(runs.get(system) ?? []), run]);
}

async function writePackages(names: readonly string[]): Promise<Asked[]> {
  const tasks = groupBy(await readSentenceTasks(), (task) => task.package);
  const found: Asked[] = [];
  for (const pinned of await readPackages()) {
    const own = tasks.get(pinned.name);
    if (own === undefined || !names.includes(pinned.name)) continue;
    const whole = await wholePackage(pinned, await readFunctions(pinned.name), own);
    const folder = makeFolder();
    for (const { path: name, text } of whole.files) {
      const place = path.join(folder, name);
      mkdirSync(path.dirname(place), { recursive: true });
      writeFileSync(place, text);
    }
    const texts = new Map(whole.files.map(({ path: name, text }) => [name, text]));
    const wanted = whole.queries.map(({ path: name, start, end }): Place => {
      const text = texts.get(name) ?? '';
      return { path: name, from: linesBefore(text, start) + 1, to: linesBefore(text, end) + 1 };
    });
    // Quotes in a sentence are no wish for exactness.
    const questions = whole.queries.map(({ text }) => text.replaceAll('"', ' '));
    found.push({ name: pinned.name, folder, whole, wanted, questions });
  }
  return found;
}

const linesBefore = (text: string, offset: number): number => text.slice(0, offset).split('\n').length - 1;

async function askSemble(
  python: string,
  scratch: string,
  asked: readonly Asked[],
  table: StaticEmbedder,
): Promise<Run[]> {
  const samples = asked.flatMap(({ whole }) => whole.files.slice(0, 5).map(({ text }) => text.slice(0, 2_000)));
  const input = JSON.stringify({
    table: path.resolve('models', 'search'),
    made: path.join(scratch, 'model2vec'),
    samples,
    folders: asked.map(({ folder, questions }) => ({ folder, questions })),
  });
  const script = path.join('test', 'bench', 'semble', 'ask.py');
  const { status, stdout, stderr } = spawnSync(python, [script], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status !== 0) throw new BenchError(`semble could not be asked: ${stderr.trim().split('\n').at(-1)}`);
  const answer = JSON.parse(stdout) as { vectors: number[][]; packages: Run[] };
  const own = await table.embed(samples);
  const cosines = answer.vectors.map((vector, row) =>
    vector.reduce((sum, value, at) => sum + value * (own[row * table.dimension + at] as number), 0),
  );
  process.stdout.write(
    `vectors of semble and of the product: cosine ${mean(cosines).toFixed(4)} in the mean, at least ${Math.min(...cosines).toFixed(4)}, over ${cosines.length} texts\n`,
  );
  return answer.packages;
}

interface Models {
  readonly table: Embedder;
  readonly encoder: Embedder | undefined;
}

async function askGlassbox(each: Asked, { table, encoder }: Models, runs: Map<string, Run[]>): Promise<void> {
  const store = makeFolder();
  const index = new SearchIndex({ root: each.folder, store, grammars, fast: table });
  try {
    index.becomeWriter();
    const start = performance.now();
    await index.update();
    const seconds = (performance.now() - start) / 1_000;
    const ask = async (mode: 'lexical' | 'hybrid', since: number): Promise<Run> => {
      const answers: Answer[] = [];
      for (const question of each.questions) {
        const begun = performance.now();
        const hits = await index.search(question, { mode, top: 10 });
        answers.push({ hits, milliseconds: performance.now() - begun });
      }
      return { seconds: since, answers };
    };
    add(runs, 'words', await ask('lexical', seconds));
    add(runs, 'words and table', await ask('hybrid', seconds));
    if (encoder === undefined) return;
    index.useFull(encoder);
    await index.upgrade();
    add(runs, 'words and encoder', await ask('hybrid', (performance.now() - start) / 1_000));
  } finally {
    index.close();
    rmSync(store, { recursive: true });
  }
}

function report(asked: readonly Asked[], runs: ReadonlyMap<string, readonly Run[]>): Record<string, number> {
  const numbers: Record<string, number> = {};
  process.stdout.write(
    `${asked.length} packages, ${asked.reduce((sum, { questions }) => sum + questions.length, 0)} questions\n`,
  );
  for (const [system, all] of runs) {
    const answered = asked.flatMap((each, at) => {
      const texts = new Map(each.whole.files.map(({ path: name, text }) => [name, text.split('\n')]));
      const tokensOf = ({ path: name, from, to }: Place): number =>
        countTokens((texts.get(name) ?? []).slice(from - 1, to).join('\n'));
      const tokensOfFile = (name: string): number => countTokens((texts.get(name) ?? []).join('\n'));
      return (all[at]?.answers ?? []).map(({ hits, milliseconds }, query) => {
        const wanted = each.wanted[query] as Place;
        const gain = ndcg(hits, wanted);
        const file = fileNdcg(hits, wanted);
        return { gain, file, milliseconds, tokens: tokensRead(hits, wanted, tokensOf, tokensOfFile) };
      });
    });
    const times = distribution(answered.map(({ milliseconds }) => milliseconds));
    const tokens = answered.map((answer) => answer.tokens);
    const row = {
      ndcg10: mean(answered.map(({ gain }) => gain)),
      fileNdcg10: mean(answered.map(({ file }) => file)),
      found10: mean(answered.map(({ gain }) => Number(gain > 0))),
      indexSeconds: all.reduce((sum, { seconds }) => sum + seconds, 0),
      questionP50Ms: times.p50,
      questionP95Ms: times.p95,
      tokensP50: distribution(tokens).p50,
      tokensMean: mean(tokens),
    };
    const name = system.replaceAll(' ', '_');
    for (const [key, value] of Object.entries(row)) numbers[`${name}.${key}`] = value;
    const said = Object.entries(row).map(([key, value]) => `${key} ${value.toFixed(value < 10 ? 3 : 0)}`);
    process.stdout.write(`${system.padEnd(18)} ${said.join('  ')}\n`);
  }
  return numbers;
}

main().catch((error: unknown) => {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
