import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bodyOf, maskName } from '../../../bench/quality/functions';
import { reciprocalRank } from '../../../bench/quality/metrics/ranking';
import type { Package } from '../../../bench/quality/packages';
import { nameOf, ranksOf, searchers } from '../../../bench/quality/search';
import type { SearchSet, View } from '../../../bench/quality/search';
import { firstSentence } from '../../../bench/quality/sentence';
import { openParser } from '../../../bench/quality/syntax';
import type { FunctionRange } from '../../../bench/quality/syntax';
import { root } from '../../../support/paths';

/** Code with documentation, at versions that package-lock.json pins. */
const sources = ['mocha/lib/**/*.js', 'commander/lib/*.js', 'express/lib/*.js'];

interface Documented {
  readonly file: { readonly path: string; readonly text: string };
  readonly range: FunctionRange;
  readonly sentence: string | undefined;
}

async function functions(): Promise<Documented[]> {
  const parse = await openParser('javascript');
  return globSync(sources, { cwd: join(root, 'node_modules') }).sort().flatMap((path) => {
    const text = readFileSync(join(root, 'node_modules', path), 'utf8').replaceAll('\r\n', '\n');
    return parse(text)
      .functions.filter((range) => bodyOf(text, range).split('\n').length >= 3)
      .map((range) => ({ file: { path, text }, range, sentence: range.doc && firstSentence(text.slice(range.doc.start, range.doc.end)) }));
  }); // prettier-ignore
}

function setOf(all: readonly Documented[], view: View): SearchSet {
  const show = (text: string, one: Documented): string => (view === 'masked' ? maskName(text, nameOf(one)) : text);
  const asked = all.filter(
    ({ sentence }) => sentence !== undefined && all.filter((other) => other.sentence === sentence).length === 1,
  );
  return {
    pinned: { language: 'javascript' } as Package,
    view,
    documents: all.map((one) => show(bodyOf(one.file.text, one.range), one)),
    queries: asked.map((one) => ({ package: 'all', view, text: show(one.sentence!, one), wanted: all.indexOf(one) })),
  };
}

describe('searching by words and meaning', function () {
  for (const view of ['raw', 'masked'] as const) {
    it(`finds what a sentence describes at least as well as words alone, names ${view === 'raw' ? 'shown' : 'masked'}`, async () => {
      const set = setOf(await functions(), view);
      const mrr = async (name: string): Promise<number> => {
        const ranks = await ranksOf(set, searchers[name]!);
        return ranks.reduce((sum, rank) => sum + reciprocalRank(rank), 0) / ranks.length;
      };
      assert.ok(set.queries.length > 100);
      const [hybrid, bm25] = [await mrr('hybrid'), await mrr('bm25Split')];
      console.log(
        `      ${set.queries.length} sentences, ${set.documents.length} functions: MRR@10 ${hybrid.toFixed(3)}, words alone ${bm25.toFixed(3)}`,
      );
      assert.ok(hybrid >= bm25);
    });
  }
});
