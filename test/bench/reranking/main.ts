/**
 * Fits how texts for a cursor are reranked (src/engine/completion/reranking.ts), and says how often the chosen one is
 * right, beside the model's first text and the best choice there was: `npm run bench -- reranking --corpus FILE
 * [--packages N] [--model DIR] [--seen FILE]`.
 *
 * FILE is the corpus of models/training: nothing that quality is measured with is in it. Half of the packages are
 * fitted to, the others are what is said. Places are noted in the file of `--seen`, and not asked again; without a
 * corpus, they are all there is. Where a copy is sure enough to be proposed unseen, nothing is chosen.
 */
import { existsSync } from 'node:fs';
import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { CompletionModel } from '../../../src/engine/completion/completionModel';
import { findCopy } from '../../../src/engine/completion/copying/copy';
import { FollowingText } from '../../../src/engine/completion/following';
import { RerankedCompletion } from '../../../src/engine/completion/rerankedCompletion';
import { leastLogprob, rankingFeatures, rerank } from '../../../src/engine/completion/reranking';
import type { RankingEvidence } from '../../../src/engine/completion/reranking';
import { Decoder } from '../../../src/engine/decoder/decoder';
import { PromptBudget } from '../../../src/features/completion/promptBudget';
import { maxCandidates } from '../../../src/features/completion/candidateBudget';
import { cutWindow } from '../../../src/ipc/engine/documentWindow';
import { maxNeighbours } from '../../../src/ipc/engine/protocol';
import type { CompleteParams } from '../../../src/ipc/engine/protocol';
import { openDecoderFolder } from '../../../src/modelFolder/layouts/folder';
import { Tokenizer } from '../../../src/modelFolder/tokenizer/tokenizer';
import type { LogitWeights } from '../../../src/common/statistics/logit';
import { fitWeights, weightsText } from '../copying/regression';
import { readCorpus } from '../corpus';
import type { Entry } from '../corpus';
import { nearest } from '../quality/context';
import { completionPool } from '../quality/freeze';
import { groupBy } from '../quality/group';
import { scoreCompletion } from '../quality/metrics/completion';
import { BenchError } from '../quality/packages';
import type { Language, SourceFile } from '../quality/packages';
import { randomFrom, shuffled } from '../quality/random';
import { cutToTask, situationOf } from '../quality/situations';
import type { Situation } from '../quality/situations';
import { openParser } from '../quality/syntax';

/** A place, the texts there are for it, and which of them are right. */
interface Seen {
  readonly package: string;
  readonly evidence: readonly RankingEvidence[];
  readonly right: readonly number[];
  /** How sure the copy is, where there is one. */
  readonly copied?: number;
}

const minFiles = 8;
const tasksPerPackage = { line: 6, any: 4 } as const;
const maxTokens = 48;
/** As `CopyingCompletion` has it. */
const copiesFrom = 0.5;
/** From which confidence on a text is shown while one types, and how many texts are compared on a line that goes on. */
const shownFrom = 0.18;
const goingOn = 2;

type Ask = (situation: Situation, around: readonly SourceFile[]) => Promise<Omit<Seen, 'package'>>;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      corpus: { type: 'string' },
      packages: { type: 'string', default: '60' },
      model: { type: 'string', default: path.join('dist', 'models', 'decoder') },
      seen: { type: 'string' },
    },
  });
  const known = values.seen !== undefined && existsSync(values.seen) ? await readSeen(values.seen) : [];
  if (values.corpus === undefined) {
    if (known.length === 0) throw new BenchError('The corpus is missing: --corpus FILE, as models/training makes it.');
    say(known);
    return;
  }
  const { ask, dispose } = await openModel(values.model);
  try {
    const seen = await look(values.corpus, Number(values.packages), { known, ask, file: values.seen });
    say(seen);
  } finally {
    await dispose();
  }
}

/** Half of the packages are fitted to, and the others said; then all are fitted to. */
function say(all: readonly Seen[]): void {
  const seen = all.filter(({ copied = 0 }) => copied < copiesFrom);
  const names = [...new Set(seen.map((one) => one.package))];
  const half = new Set(names.filter((_, index) => index % 2 === 0));
  const weights = fitTo(seen.filter((one) => half.has(one.package)));
  const others = seen.filter((one) => !half.has(one.package));
  const chosen = others.map(({ evidence, right }) => {
    const { index, confidence } = rerank(evidence, weights)!;
    return { right: right[index]!, confidence };
  });
  const share = (of: readonly { right: number }[]) =>
    of.length === 0 ? '–' : `${((100 * of.reduce((sum, { right }) => sum + right, 0)) / of.length).toFixed(1)} %`;
  const rows = [
    `${others.length} places of ${names.length - half.size} packages; exact: first ${share(others.map(({ right }) => ({ right: right[0]! })))}, chosen ${share(chosen)}, any ${share(others.map(({ right }) => ({ right: Math.max(...right) })))}`,
    'confidence   places   exact   of those as sure',
    ...Array.from({ length: 10 }, (_, at) => at / 10).map((from) => {
      const inside = chosen.filter(({ confidence }) => confidence >= from && confidence < from + 0.1);
      const above = chosen.filter(({ confidence }) => confidence >= from);
      return `${from.toFixed(1)}–${(from + 0.1).toFixed(1)}  ${inside.length}  ${share(inside)}  ${above.length}: ${share(above)}`;
    }),
    `shown from ${shownFrom} on: ${shownOf(chosen)}; with ${goingOn} texts, and none that is given up: ${shownOf(others.map((one) => typed(one, weights)))}`,
    weightsText(fitTo(seen)),
  ];
  process.stdout.write(`${rows.join('\n')}\n`);
}

/** What comes of a place on a line that goes on: see `minConfidence` and `CandidateBudget`. */
function typed({ evidence, right, copied = 0 }: Seen, weights: LogitWeights): { right: number; confidence: number } {
  const [first] = evidence;
  const copy = evidence.findIndex(({ isCopied }) => isCopied);
  if (first && !first.isCopied && first.logprob < leastLogprob(shownFrom, weights.confidence))
    return { right: right[copy] ?? 0, confidence: copy < 0 ? 0 : copied };
  const kept = evidence.map((_, at) => at).filter((at) => at < goingOn || at === copy);
  const { index, confidence } = rerank(kept.map((at) => evidence[at]!), weights)!; // prettier-ignore
  return { right: right[kept[index]!]!, confidence };
}

const shownOf = (found: readonly { right: number; confidence: number }[]): string => {
  const shown = found.filter(({ confidence }) => confidence >= shownFrom);
  return `${shown.length}, ${shown.filter(({ right }) => right === 1).length} right`;
};

const fitTo = (seen: readonly Seen[]) =>
  fitWeights(seen.map(({ evidence, right }) => ({ features: evidence.map(rankingFeatures), right })));

async function look(
  corpus: string,
  most: number,
  { known, ask, file }: { known: readonly Seen[]; ask: Ask; file: string | undefined },
): Promise<Seen[]> {
  const random = randomFrom('reranking 1');
  const entries = groupBy(await readCorpus(corpus), ({ package: name, language }) => `${name} ${language}`);
  const chosen = shuffled(
    [...entries].filter(([, files]) => files.length >= minFiles),
    random,
  ).slice(0, most);
  const seen = [...known];
  const done = new Set(known.map((one) => one.package));
  for (const [name, files] of chosen) {
    const tasks = await tasksOf(name, files, random);
    if (done.has(name)) continue;
    const own: Seen[] = [];
    for (const { situation, around } of tasks) {
      const found = await ask(situation, around);
      if (found.evidence.length > 0) own.push({ package: name, ...found });
    }
    seen.push(...own);
    if (file !== undefined) await appendFile(file, own.map((one) => `${JSON.stringify(one)}\n`).join(''));
    process.stderr.write(`${name}: ${seen.length} places\n`);
  }
  return seen;
}

async function tasksOf(name: string, files: readonly Entry[], random: () => number) {
  const parse = await openParser(files[0]!.language as Language);
  const sources = files.map(({ path: file, text }): SourceFile => ({ path: file, text }));
  const workspace = { name, files: new Map(sources.map((file) => [file.path, file])) };
  const pool = completionPool({ name }, sources, parse, random);
  return (['line', 'any'] as const).flatMap((set) =>
    pool[set].slice(0, tasksPerPackage[set]).map((task) => {
      const situation = situationOf(task, workspace, 'closed');
      return { situation, around: nearest(situation, workspace, maxNeighbours) };
    }),
  );
}

/** In this process: what a text is chosen by does not leave the engine. */
async function openModel(model: string): Promise<{ ask: Ask; dispose: () => Promise<void> }> {
  const folder = await openDecoderFolder(path.resolve(model));
  const tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
  const decoder = await Decoder.open(folder, { threads: 0 });
  const writer = new CompletionModel(folder, tokenizer, decoder);
  const reranked = new RerankedCompletion(writer, new FollowingText(writer.prompts, tokenizer, decoder));
  const ask: Ask = async (situation, around) => {
    const params: CompleteParams = {
      model: folder.path,
      path: situation.path,
      context: [],
      ...cutWindow(situation),
      mode: situation.mode,
      maxTokens,
      maxPromptTokens: new PromptBudget().tokens,
      candidates: maxCandidates,
    };
    const copy = findCopy(params, around);
    const { candidates } = await reranked.candidates(params, copy, () => Promise.resolve(undefined));
    return {
      ...(copy && { copied: copy.confidence }),
      evidence: candidates.map(({ evidence }) => evidence),
      right: candidates.map(({ text }) => scoreCompletion(cutToTask(text, situation), situation.answer).exact),
    }; // prettier-ignore
  };
  return { ask, dispose: () => decoder.dispose() };
}

async function readSeen(file: string): Promise<Seen[]> {
  const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Seen);
}

main().catch((error: unknown) => {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
