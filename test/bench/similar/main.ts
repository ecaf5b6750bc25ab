/**
 * Fits what is said of a function because it is said of a similar one (src/features/summarize/similar/choice.ts), and says how
 * often that holds: `npm run bench -- similar --corpus FILE [--packages N] [--show N]`. `--show`
 * prints so many of the sentences that were chosen, beside those of the authors.
 *
 * FILE is the corpus of models/training: nothing that quality is measured with is in it. Documented functions are asked
 * about as if they had no documentation; a sentence holds where it is near to their author's own. Half of the packages
 * are fitted to, the others are what is said.
 */
import path from 'node:path';
import { parseArgs } from 'node:util';
import { chooseBy } from '../../../src/common/statistics/logit';
import type { LogitWeights } from '../../../src/common/statistics/logit';
import { candidatesFor } from '../../../src/features/summarize/similar/candidates';
import type { SentenceCandidate } from '../../../src/features/summarize/similar/candidates';
import { choiceFeatures } from '../../../src/features/summarize/similar/choice';
import { documentedIn } from '../../../src/features/summarize/similar/documented';
import type { Documented } from '../../../src/features/summarize/similar/documented';
import { SimilarFunctions } from '../../../src/features/summarize/similar/similar';
import { Grammars } from '../../../src/syntax/grammars';
import { symbolsOf } from '../../../src/syntax/symbols';
import { fitWeights, weightsText } from '../copying/regression';
import { readCorpus } from '../corpus';
import type { Entry } from '../corpus';
import { fingerprint } from '../quality/functions';
import { groupBy } from '../quality/group';
import { chrF } from '../quality/metrics/sentences';
import type { Pair } from '../quality/metrics/sentences';
import { BenchError } from '../quality/packages';
import { randomFrom, shuffled } from '../quality/random';
import { firstSentence } from '../quality/sentence';

/** A function that was asked about. */
interface Seen {
  readonly package: string;
  readonly name: string;
  readonly reference: string;
  readonly candidates: readonly SentenceCandidate[];
  readonly holds: readonly number[];
}

/** A sentence that shares so much with the author's own says the same, or nearly. */
const nearEnough = 60;
const maxFiles = 400;
const functionsPerPackage = 60;
const maxFunctionLength = 4_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      corpus: { type: 'string' },
      packages: { type: 'string', default: '150' },
      show: { type: 'string', default: '0' },
    },
  });
  if (values.corpus === undefined)
    throw new BenchError('The corpus is missing: --corpus FILE, as models/training makes it.');
  const random = randomFrom('similar 1');
  const packages = shuffled([...groupBy(await readCorpus(values.corpus), (entry) => entry.package)], random).slice(
    0,
    Number(values.packages),
  );
  const seen: Seen[] = [];
  for (const [name, files] of packages) {
    seen.push(...(await look(name, files.slice(0, maxFiles), random)));
    process.stderr.write(`${name}: ${seen.length} functions\n`);
  }
  process.stdout.write(`${await timeOf(packages)}\n`);
  const half = new Set(packages.filter((_, index) => index % 2 === 0).map(([name]) => name));
  const others = seen.filter((one) => !half.has(one.package));
  const weights = fitTo(seen.filter((one) => half.has(one.package)));
  process.stdout.write(`${weightsText(fitTo(seen))}\n${report(others, weights, Number(values.show))}\n`);
}

const grammars = new Grammars(path.resolve('node_modules/@vscode/tree-sitter-wasm/wasm'));

/** Asks about documented functions of a package as if they were not documented. */
async function look(name: string, files: readonly Entry[], random: () => number): Promise<Seen[]> {
  const documented: Documented[] = [];
  for (const { path: file, text } of files)
    documented.push(...documentedIn(text, file, await symbolsOf(text, file, grammars)));
  const prints = new Map(documented.map((one) => [one, fingerprint(one.code)]));
  const unique = [...new Map(shuffled(documented, random).map((one) => [prints.get(one), one])).values()];
  const tasks = unique.flatMap((own) => {
    const reference = firstSentence(own.sentence);
    return reference === undefined || own.code.length > maxFunctionLength ? [] : [{ own, reference }];
  });
  return tasks.slice(0, functionsPerPackage).flatMap(({ own, reference }) => {
    const around = documented.filter((one) => prints.get(one) !== prints.get(own));
    const nearestFirst = [
      ...around.filter((one) => one.path === own.path),
      ...around.filter((one) => one.path !== own.path),
    ];
    const candidates = candidatesFor(own, nearestFirst);
    const holds = candidates.map(({ sentence }) => Number(chrF([pairOf(sentence, reference)]) >= nearEnough));
    return [{ package: name, name: own.name, reference, candidates, holds }];
  });
}

/** How long it takes in packages of many files, from their texts on. */
async function timeOf(packages: readonly (readonly [name: string, files: readonly Entry[]])[]): Promise<string> {
  const times: number[] = [];
  for (const [, files] of packages.filter(([, all]) => all.length >= maxFiles).slice(0, 5)) {
    const similar = new SimilarFunctions(grammars);
    for (const { path: file, text } of files.slice(0, 20)) {
      const symbols = await symbolsOf(text, file, grammars);
      const symbol = symbols.find(({ signature }) => signature !== undefined);
      const around = files.filter((other) => other.path !== file).slice(0, maxFiles);
      const start = performance.now();
      await similar.to({ text, path: file, symbol, symbols, around: () => Promise.resolve(around) });
      if (symbol !== undefined) times.push(performance.now() - start);
    }
  }
  times.sort((a, b) => a - b);
  const at = (share: number): string => `${times[Math.floor(share * (times.length - 1))]?.toFixed(0)} ms`;
  return `among ${maxFiles} files, ${times.length} times: median ${at(0.5)}, 95 % within ${at(0.95)}`;
}

const pairOf = (sentence: string, reference: string): Pair => ({ hypothesis: sentence.replace(/\.$/, ''), reference });

const featuresOf = ({ candidates }: Seen): number[][] => candidates.map(({ evidence }) => choiceFeatures(evidence));
const fitTo = (seen: readonly Seen[]): LogitWeights =>
  fitWeights(
    seen
      .filter(({ candidates }) => candidates.length > 0)
      .map((one) => ({ features: featuresOf(one), right: one.holds })),
  );

/** How often the chosen sentence holds from each confidence on, and how near it is to the author's. */
function report(seen: readonly Seen[], weights: LogitWeights, show: number): string {
  const chosen = seen.flatMap((one) => {
    const best = chooseBy(weights, featuresOf(one));
    if (best === undefined) return [];
    const candidate = one.candidates[best.index]!;
    return [
      {
        name: one.name,
        holds: one.holds[best.index]!,
        sure: best.confidence,
        candidate,
        pair: pairOf(candidate.sentence, one.reference),
      },
    ];
  });
  const rows = Array.from({ length: 10 }, (_, at) => at / 10).map((from) => {
    const above = chosen.filter(({ sure }) => sure >= from);
    const inside = above.filter(({ sure }) => sure < from + 0.1);
    const holding = (of: typeof chosen): string => percent(of.reduce((sum, one) => sum + one.holds, 0) / of.length);
    return [
      from.toFixed(1),
      percent(above.length / seen.length),
      holding(above),
      holding(inside),
      chrF(above.map(({ pair }) => pair)).toFixed(1),
    ];
  });
  const any = seen.filter(({ holds }) => holds.includes(1)).length / seen.length;
  const heads = ['from', 'of all', 'hold', 'hold up to +0.1', 'chrF'];
  const examples = chosen
    .slice(0, show)
    .sort((a, b) => b.sure - a.sure)
    .map(
      ({ name, sure, candidate, pair }) =>
        `${sure.toFixed(2)} ${name} ← ${candidate.from.name}: ${pair.hypothesis} | ${pair.reference}`,
    );
  return [
    `${seen.length} functions, for ${percent(any)} of them something holds`,
    ...[heads, ...rows].map((row) => row.map((cell) => cell.padStart(16)).join(' ')),
    ...examples,
  ].join('\n');
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

main().catch((error: unknown) => {
  if (!(error instanceof BenchError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
