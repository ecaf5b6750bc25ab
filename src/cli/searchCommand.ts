/**
 * The `search` command: prints the best hits from the index of a folder, with their reasons, or answers many lines (see
 * `searchBatch.ts`); called by `main.ts`. Never updates the index.
 */
import type { Readable } from 'node:stream';
import { remarkInWords } from '../features/search/remarks';
import { CatalogueError } from '../indexer/store/catalogue';
import type { Hit } from '../indexer/ranking/hits';
import type { SearchIndex } from '../indexer/searchIndex';
import type { Command, SearchBatchCommand } from './arguments';
import { inEnglish } from './english';
import { CommandError } from './failure';
import { openIndex } from './indexStore';
import type { WriteLine } from './output';
import { searchBatch } from './searchBatch';

/** Prints the best answers that the index of a folder has, without bringing it up to date. */
export async function searchFolder(
  command: Extract<Command, { kind: 'search' }>,
  root: string,
  write: WriteLine,
): Promise<void> {
  const { query, folder, mode, top } = command;
  await withIndex(folder, root, async (index) => {
    const { hits, remarks } = await index.answer(query, { mode, top });
    for (const remark of remarks) process.stderr.write(`${remarkInWords(remark, inEnglish)}\n`);
    if (command.json) await write(JSON.stringify(hits, undefined, 2));
    else if (hits.length === 0) process.stderr.write('Nothing was found.\n');
    else for (const hit of hits) await write(inWords(hit));
  });
}

/** Answers JSON lines from the index of a folder. @throws {CommandError} where there is none, or it cannot be used */
export async function searchLines(
  command: SearchBatchCommand,
  root: string,
  input: Readable,
  write: WriteLine,
): Promise<void> {
  await withIndex(command.folder, root, (index, folder) => searchBatch(index, command, folder, input, write));
}

async function withIndex(
  folder: string,
  repository: string,
  work: (index: SearchIndex, root: string) => Promise<void>,
): Promise<void> {
  const { index, root, close } = await openIndex(folder, repository);
  try {
    if (index.size() === 0) throw new CatalogueError('missing', 'There is no index.');
    await work(index, root);
  } catch (error) {
    if (!(error instanceof CatalogueError)) throw error;
    throw new CommandError(`${error.message} Run: glassbox index ${JSON.stringify(folder)}`);
  } finally {
    close();
  }
}

function inWords({ path, from, to, symbol, score, why }: Hit): string {
  const terms = Object.entries(why.terms)
    .sort(([, a], [, b]) => b - a)
    .map(([term, added]) => `${term} ${added.toFixed(1)}`);
  const factors = Object.entries(why.rules).map(([rule, factor]) => `${rule} ×${factor.toFixed(2)}`);
  const meaning = why.dense === undefined ? [] : [`meaning ${why.dense.toFixed(2)}`];
  return `${path}:${from}-${to}  ${symbol}  ${score.toFixed(2)}\n    ${[...meaning, ...terms, ...factors].join(', ')}`;
}
