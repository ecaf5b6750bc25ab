/**
 * Fits how words and meaning are weighed (src/indexer/ranking/fusion.ts), for each kind of question:
 * `npm run bench -- fusion [--encoder DIR] [--largest N] [--tasks N]`. Without an encoder, meaning is that of the table.
 *
 * Sentences are the frozen ones, names shown and hidden; the words of the function's name and a piece of its code are asked
 * beside them, and the name itself. Weights are chosen on the packages of `tunedOn`; what the others say is printed, and never chosen by.
 * Packages of more than N functions are left out.
 */
import { parseArgs } from 'node:util';
import { fuse } from '../../../src/indexer/ranking/fusion';
import type { Weights } from '../../../src/indexer/ranking/fusion';
import { bestOf } from '../../../src/indexer/ranking/hits';
import { rules } from '../../../src/indexer/ranking/rules';
import { answersTo } from '../../../src/indexer/ranking/search';
import type { SearchCandidates } from '../../../src/indexer/ranking/hits';
import { openEncoder } from '../quality/encoder';
import type { OpenEncoder } from '../quality/encoder';
import { groupBy, mean } from '../quality/group';
import { embeddedModel, indexOf, questionFor } from '../quality/indexSearcher';
import { rankOf, reciprocalRank } from '../quality/metrics/ranking';
import { readPackages, readSources } from '../quality/packages';
import { tunedOn } from '../quality/report';
import { searchSet, views } from '../quality/search';
import type { SearchSet } from '../quality/search';
import { readFunctions, readSentenceTasks } from '../quality/tasks';
import { codeQuestion, nameQuestion, wordsQuestion } from './questions';

const powers = [1, 1.5, 2, 3];
const meanings = [0, 0.25, 0.35, 0.5, 0.7, 1, 1.4, 2, 2.8, 4, 8];

/** What is asked of a package: a row's name, and the questions with the document that each wants. */
interface Asked {
  readonly row: string;
  readonly set: SearchSet;
  readonly queries: readonly { readonly text: string; readonly wanted: number }[];
}

/** The part of MRR@10 that a question adds under each of the weights, in the order of `grid`. */
interface Judged {
  readonly row: string;
  readonly tuning: boolean;
  readonly scores: readonly number[];
}

const grid: readonly Weights[] = powers.flatMap((power) => meanings.map((meaning) => ({ power, meaning })));

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      encoder: { type: 'string' },
      largest: { type: 'string' },
      tasks: { type: 'string' },
      quick: { type: 'boolean', default: false },
    },
  });
  const largest = Number(values.largest ?? Infinity);
  const most = values.quick ? 10 : Number(values.tasks ?? Infinity);
  const encoder: OpenEncoder | undefined = values.encoder === undefined ? undefined : await openEncoder(values.encoder);
  const judged: Judged[] = [];
  try {
    const embedder = encoder ?? (await embeddedModel());
    const tasks = groupBy(await readSentenceTasks(), (task) => task.package);
    for (const pinned of await readPackages()) {
      const own = tasks.get(pinned.name)?.slice(0, most);
      if (own === undefined) continue;
      const functions = await readFunctions(pinned.name);
      if ([...functions.values()].reduce((sum, { length }) => sum + length, 0) > largest) continue;
      const files = await readSources(pinned);
      const sets = views.map((view) => searchSet(pinned, files, functions, own, view));
      for (const { row, set, queries } of sets.flatMap(askedOf)) {
        const index = await indexOf(set.documents, pinned.language, embedder);
        for (const { text, wanted } of queries) {
          const question = await questionFor(text, 'hybrid', embedder, index.meaningless);
          const answers = answersTo(index.searched, question);
          judged.push({
            row,
            tuning: tunedOn.has(pinned.name),
            scores: scoresOf(answers, set.documents.length, wanted),
          });
        }
      }
      process.stderr.write(`${pinned.name}\n`);
    }
  } finally {
    encoder?.dispose();
  }
  for (const [row, group] of groupBy(judged, (one) => one.row)) print(row, group);
}

function askedOf(set: SearchSet): Asked[] {
  const sentences = { row: `sentence, names ${set.view === 'raw' ? 'shown' : 'hidden'}`, set, queries: set.queries };
  if (set.view !== 'raw') return [sentences];
  const others = (['name', 'words', 'code'] as const).map((row): Asked => {
    const ask = { name: nameQuestion, words: wordsQuestion, code: codeQuestion }[row];
    return {
      row,
      set,
      queries: set.queries.flatMap(({ wanted }) => {
        const text = ask(set.documents[wanted] as string);
        return text === undefined ? [] : [{ text, wanted }];
      }),
    };
  });
  return [sentences, ...others];
}

/** For each of the weights. */
function scoresOf({ asked, mode, candidates }: SearchCandidates, documents: number, wanted: number): number[] {
  const best = bestOf(candidates);
  const places = candidates.map(({ path }) => Number.parseInt(path, 10));
  const factors = candidates.map((one) =>
    Object.values(rules).reduce((product, rule) => product * rule(one, asked), 1),
  );
  return grid.map((weights) => {
    const scores = new Float64Array(documents);
    for (const [index, one] of candidates.entries()) {
      const place = places[index] as number;
      scores[place] = Math.max(scores[place] as number, (factors[index] as number) * fuse(one, best, mode, weights));
    }
    return (scores[wanted] as number) > 0 ? reciprocalRank(rankOf(wanted, scores)) : 0;
  });
}

/** For each of the weights what it is worth, the best first in the title. */
function print(row: string, group: readonly Judged[]): void {
  for (const [half, own] of groupBy(group, ({ tuning }) => (tuning ? 'tuning' : 'held out'))) {
    const means = grid.map((_, index) => mean(own.map(({ scores }) => scores[index] as number)));
    const best = grid[means.indexOf(Math.max(...means))] as Weights;
    const lines = powers.map((power) => {
      const cells = grid.flatMap((one, index) => (one.power === power ? [(means[index] as number).toFixed(4)] : []));
      return [`power ${power}`.padEnd(13), ...cells].join('  ');
    });
    process.stdout.write(
      [
        '',
        `${row} (${half}, ${own.length} questions), MRR@10; best: power ${best.power}, meaning ${best.meaning}`,
        ['meaning'.padEnd(13), ...meanings.map((meaning) => String(meaning).padEnd(6))].join('  '),
        ...lines,
        '',
      ].join('\n'),
    );
  }
}

void main();
