/** Search rows: the first sentence of a function's documentation asks for the function without it. */
import type { Embedder } from '../../../src/ipc/indexer/embedder';
import { Bm25, splitIdentifiers, wholeIdentifiers } from './baselines/bm25';
import type { Analyzer } from './baselines/bm25';
import { bodyOf, maskName } from './functions';
import { indexSearcher } from './indexSearcher';
import { BenchError, hashText } from './packages';
import type { Language, Package, SourceFile } from './packages';
import { rankOf } from './metrics/ranking';
import { firstSentence } from './sentence';
import type { FunctionRange } from './syntax';
import type { Functions, SentenceTask } from './tasks';

/** `masked`: the function's name is hidden in query and document, so that only the meaning is left. */
export const views = ['raw', 'masked'] as const;
export type View = (typeof views)[number];

export type Query = { package: string; view: View; text: string; wanted: number };

/** Everything that one package is asked, and the documents that answer; equal for every searcher. */
export type SearchSet = { pinned: Package; view: View; documents: string[]; queries: Query[] };

/** A searcher gives one score per document for each query. */
export type Searcher = (
  documents: readonly string[],
  language: Language,
) => Promise<(query: string) => ArrayLike<number> | Promise<ArrayLike<number>>>;

const bm25 = (analyze: Analyzer): Searcher => (documents) => {
  const index = new Bm25(documents, analyze);
  return Promise.resolve((query) => index.search(query));
}; // prettier-ignore

/** The baselines, and the index of the product: without vectors, by those of the static table alone, and by both. */
export const searchers: Record<string, Searcher> = {
  bm25Split: bm25(splitIdentifiers),
  bm25Whole: bm25(wholeIdentifiers),
  indexLexical: indexSearcher('lexical'),
  static: indexSearcher('dense'),
  hybrid: indexSearcher('hybrid'),
};

/** What the rows of the first encoder, the second and so on begin with. @param index from 0 */
export const encoderRow = (index: number): string => (index === 0 ? 'encoder' : `encoder${index + 1}`);

/** The index of the product once an encoder has read everything. @param index of the encoder among those that are compared */
export const searchersWith = (encoder: Embedder, index = 0): Record<string, Searcher> => ({
  [encoderRow(index)]: indexSearcher('dense', () => Promise.resolve(encoder)),
  [`${encoderRow(index)}Hybrid`]: indexSearcher('hybrid', () => Promise.resolve(encoder)),
});

export type Document = { file: SourceFile; range: FunctionRange };

/** The query of a task, checked against its hash. */
export function sentenceOf({ file, range }: Document, task: SentenceTask): string {
  const sentence = range.doc && firstSentence(file.text.slice(range.doc.start, range.doc.end));
  if (sentence === undefined || hashText(sentence) !== task.sha256) {
    throw new BenchError(`${file.path} differs from the file that the tasks were made from.`);
  }
  return sentence;
}

export const nameOf = ({ file, range }: Document): string => file.text.slice(range.name.start, range.name.end);

export function searchSet(
  pinned: Package,
  files: readonly SourceFile[],
  functions: Functions,
  tasks: readonly SentenceTask[],
  view: View,
): SearchSet {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const all = [...functions].flatMap(([path, ranges]) => {
    const file = byPath.get(path);
    if (!file) throw new BenchError(`${pinned.name} has no ${path}.`);
    return ranges.map((range, index) => ({ file, range, key: `${path}#${index}` }));
  });
  const places = new Map(all.map(({ key }, place) => [key, place]));
  const show = (text: string, document: Document): string =>
    view === 'masked' ? maskName(text, nameOf(document)) : text;
  const queries = tasks.map((task): Query => {
    const wanted = places.get(`${task.file}#${task.index}`);
    const document = wanted === undefined ? undefined : all[wanted];
    if (wanted === undefined || !document) throw new BenchError(`${task.file} has no function ${task.index}.`);
    return { package: pinned.name, view, text: show(sentenceOf(document, task), document), wanted };
  });
  return {
    pinned,
    view,
    queries,
    documents: all.map((document) => show(bodyOf(document.file.text, document.range), document)),
  };
}

/** The rank of what each query asks for. */
export async function ranksOf(set: SearchSet, searcher: Searcher): Promise<number[]> {
  const search = await searcher(set.documents, set.pinned.language);
  const ranks: number[] = [];
  for (const { text, wanted } of set.queries) ranks.push(rankOf(wanted, await search(text)));
  return ranks;
}
