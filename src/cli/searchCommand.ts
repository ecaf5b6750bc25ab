/**
 * The `search` command: prints the best hits from the index of a folder, with their reasons; called by `main.ts`.
 * Never updates the index.
 */
import { CatalogueError } from '../indexer/store/catalogue';
import type { Hit } from '../indexer/ranking/search';
import type { Command } from './arguments';
import { CommandError } from './failure';
import { openIndex } from './indexStore';
import type { WriteLine } from './output';

/** Prints the best answers that the index of a folder has, without bringing it up to date. */
export async function searchFolder(
  command: Extract<Command, { kind: 'search' }>,
  root: string,
  write: WriteLine,
): Promise<void> {
  const { query, folder, mode, top } = command;
  const { index, close } = await openIndex(folder, root);
  try {
    if (index.size() === 0) throw new CatalogueError('missing', 'There is no index.');
    const hits = await index.search(query, { mode, top });
    if (command.json) await write(JSON.stringify(hits, undefined, 2));
    else if (hits.length === 0) process.stderr.write('Nothing was found.\n');
    else for (const hit of hits) await write(inWords(hit));
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
