/** What each rule of the ranking is worth: whole packages are asked with it and without it. */
import type { IndexedFile } from '../../../src/indexer/indexing/batch';
import { chunkFile } from '../../../src/indexer/chunks/chunker';
import { rules } from '../../../src/indexer/ranking/rules';
import type { Rules } from '../../../src/indexer/ranking/rules';
import { answersTo } from '../../../src/indexer/ranking/search';
import { inOrder } from '../../../src/indexer/ranking/hits';
import type { Hit } from '../../../src/indexer/ranking/hits';
import { languageOf } from '../../../src/syntax/languages';
import { embeddedModel, grammars, indexed, indexFiles, questionFor } from './indexSearcher';
import type { WholePackage, WholeQuery } from './wholePackage';

/** The rules as they are, each one left out, and none. */
export const rankings: Readonly<Record<string, Rules>> = {
  allRules: rules,
  ...Object.fromEntries(Object.keys(rules).map((name) => [`without.${name}`, without(name)])),
  noRules: {},
};

function without(name: string): Rules {
  return Object.fromEntries(Object.entries(rules).filter(([other]) => other !== name));
}

/** The ranks of what the queries ask for, one list by each ranking. */
export async function ranksByRules({ files, queries }: WholePackage): Promise<Map<string, number[]>> {
  const all: IndexedFile[] = [];
  for (const { path, text } of files)
    all.push(indexed(path, languageOf(path).id, text, await chunkFile(text, path, grammars)));
  const embedder = await embeddedModel();
  const { searched, meaningless } = await indexFiles(all, embedder);
  const ranks = new Map(Object.keys(rankings).map((name) => [name, [] as number[]]));
  for (const query of queries) {
    const answers = answersTo(searched, await questionFor(query.text, 'hybrid', embedder, meaningless));
    for (const [name, by] of Object.entries(rankings)) {
      const place = inOrder(answers, by).findIndex((hit) => isWanted(hit, query));
      ranks.get(name)?.push(place < 0 ? Infinity : place + 1);
    }
  }
  searched.catalogue.close();
  return ranks;
}

/** Whether a hit shows a function: most of one of them is in the other. */
function isWanted({ path, piece }: Hit, wanted: WholeQuery): boolean {
  if (path !== wanted.path) return false;
  const shared = Math.min(piece.end, wanted.end) - Math.max(piece.start, wanted.start);
  return shared * 2 > Math.min(piece.end - piece.start, wanted.end - wanted.start);
}
