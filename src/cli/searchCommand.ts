import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Catalogue, CatalogueError, isDamage } from '../indexer/catalogue';
import { readContent } from '../indexer/content';
import { LexicalIndex } from '../indexer/lexical';
import { search, type Hit, type ReadChunk } from '../indexer/search';
import type { Command } from './arguments';
import { CommandError } from './failure';
import { placeIndex } from './indexStore';
import type { WriteLine } from './output';

/** Prints the best answers that the index of a folder has, without bringing it up to date. */
export async function searchFolder(command: Extract<Command, { kind: 'search' }>, write: WriteLine): Promise<void> {
  const { root, store } = await placeIndex(command.folder);
  const hits = ask(store, command, chunkReader(root));
  if (command.json) await write(JSON.stringify(hits, undefined, 2));
  else if (hits.length === 0) process.stderr.write('Nothing was found.\n');
  else for (const hit of hits) await write(inWords(hit));
}

function ask(store: string, { query, top, folder }: Extract<Command, { kind: 'search' }>, readChunk: ReadChunk): Hit[] {
  try {
    const catalogue = Catalogue.openForReading(store);
    try {
      return search(catalogue, new LexicalIndex(catalogue), query, top, readChunk);
    } finally {
      catalogue.close();
    }
  } catch (error) {
    if (!(error instanceof CatalogueError || isDamage(error))) throw error;
    const what = error instanceof CatalogueError ? error.message : 'The index is damaged.';
    throw new CommandError(`${what} Run: glassbox index ${JSON.stringify(folder)}`);
  }
}

/** Reads chunks from the files as they are now, each file once. */
function chunkReader(root: string): ReadChunk {
  const texts = new Map<string, string | undefined>();
  return (path, start, end) => {
    if (!texts.has(path)) texts.set(path, textOf(join(root, path)));
    return texts.get(path)?.slice(start, end);
  };
}

function textOf(path: string): string | undefined {
  try {
    const content = readContent(readFileSync(path));
    return 'text' in content ? content.text : undefined;
  } catch {
    // It was there when it was indexed.
    return undefined;
  }
}

function inWords({ path, from, to, symbol, score, why }: Hit): string {
  const terms = Object.entries(why.terms).sort(([, a], [, b]) => b - a).map(([term, added]) => `${term} ${added.toFixed(1)}`);
  const factors = Object.entries(why.rules).map(([rule, factor]) => `${rule} ×${factor.toFixed(2)}`);
  return `${path}:${from}-${to}  ${symbol}  ${score.toFixed(2)}\n    ${[...terms, ...factors].join(', ')}`;
}
