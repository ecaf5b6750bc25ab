/** The index of the product as a searcher: each document a file of its own, asked as a person would ask. */
import path from 'node:path';
import { createRequire } from 'node:module';
import { Batch, commit } from '../../../src/indexer/indexing/batch';
import type { IndexedFile } from '../../../src/indexer/indexing/batch';
import { Catalogue } from '../../../src/indexer/store/catalogue';
import { cutChunks } from '../../../src/indexer/chunks/chunks';
import type { Chunk } from '../../../src/indexer/chunks/chunks';
import { describeChunks } from '../../../src/indexer/indexing/describe';
import { vectorModel } from '../../../src/ipc/indexer/embedder';
import type { Embedder } from '../../../src/ipc/indexer/embedder';
import { StaticEmbedder } from '../../../src/modelFolder/table/staticTable';
import { EmbeddingCache } from '../../../src/indexer/embedding/cache';
import { VectorSupply } from '../../../src/indexer/embedding/supply';
import type { SearchMode } from '../../../src/indexer/ranking/fusion';
import { search } from '../../../src/indexer/ranking/search';
import type { Search } from '../../../src/indexer/ranking/search';
import { lookInto } from '../../../src/indexer/ranking/searched';
import type { Searched } from '../../../src/indexer/ranking/searched';
import type { QuestionVector } from '../../../src/indexer/vectors/searchedModel';
import { quantizeAll } from '../../../src/indexer/vectors/quantization';
import { nonsense } from '../../../src/indexer/vectors/relevance';
import { Grammars } from '../../../src/syntax/grammars';
import type { Grammar } from '../../../src/syntax/languages';
import { nest } from '../../../src/syntax/outline';
import { mask } from './functions';
import type { Language } from './packages';
import type { Searcher } from './search';

const wasmFolder = path.dirname(createRequire(path.resolve('package.json')).resolve('@vscode/tree-sitter-wasm'));
/** Answers asked for; what stands below counts as not found. */
const top = 50;
/** Two encoders have 80 MB of vectors of all functions. */
const cacheBytes = 2 ** 30;

export const grammars = new Grammars(wasmFolder);
let fast: Promise<Embedder> | undefined;

/** The model that the product comes with. */
export function embeddedModel(): Promise<Embedder> {
  return (fast ??= StaticEmbedder.open(path.resolve('models', 'search')));
}

/** A row of the product: by words, by a model, or by both. */
export function indexSearcher(mode: SearchMode, model: () => Promise<Embedder> = embeddedModel): Searcher {
  return async (documents, language) => {
    const embedder = await model();
    const { searched, meaningless } = await indexOf(documents, language, embedder);
    return async (query) => {
      const scores = new Float64Array(documents.length);
      for (const { path: name, score } of search(searched, await questionFor(query, mode, embedder, meaningless))) {
        const document = Number.parseInt(name, 10);
        scores[document] = Math.max(scores[document] ?? 0, score);
      }
      return scores;
    };
  };
}

/** A sentence as a person would ask it. */
export async function questionFor(
  sentence: string,
  mode: SearchMode,
  embedder: Embedder,
  meaningless: readonly Int8Array[],
): Promise<Search> {
  // Quotes in a sentence are no wish for exactness.
  const input = sentence.replaceAll('"', ' ');
  const vector = await vectorOf(embedder, input);
  const vectors = new Map<string, QuestionVector>([[vectorModel(embedder), { vector, nonsense: meaningless }]]);
  return { input, mode, top, vectors, readChunk: () => undefined };
}

/** Every mode asks the same questions. */
const embedded = new Map<string, Int8Array>();

async function vectorOf(embedder: Embedder, question: string): Promise<Int8Array> {
  const key = `${vectorModel(embedder)} ${question}`;
  const known = embedded.get(key) ?? (await vectorsOf(embedder, [question]))[0]!;
  embedded.set(key, known);
  return known;
}

async function vectorsOf(embedder: Embedder, questions: readonly string[]): Promise<Int8Array[]> {
  const { dimension } = embedder;
  const vectors = quantizeAll(await embedder.embed(questions, 'query'), dimension);
  return questions.map((_, index) => vectors.subarray(index * dimension, (index + 1) * dimension));
}

export interface Index {
  readonly searched: Searched;
  readonly meaningless: readonly Int8Array[];
}

/** The last index that was made by each model: every mode asks the same one. */
const last = new Map<string, Index & { readonly documents: readonly string[] }>();

export async function indexOf(documents: readonly string[], language: Language, embedder: Embedder): Promise<Index> {
  const known = last.get(embedder.id);
  if (known?.documents === documents) return known;
  known?.searched.catalogue.close();
  const files: IndexedFile[] = [];
  for (const [document, text] of documents.entries()) {
    // All files have the same name: it shall not help.
    const name = `${document}/file`;
    files.push(indexed(name, language, text, await chunksOf(text, language)));
  }
  const made = { documents, ...(await indexFiles(files, embedder)) };
  last.set(embedder.id, made);
  return made;
}

export function indexed(name: string, language: string, text: string, chunks: readonly Chunk[]): IndexedFile {
  return {
    path: name,
    language,
    hash: new Uint8Array(),
    bytes: text.length,
    modified: 0,
    ...describeChunks(text, name, chunks),
  };
}

/** An index in memory, with a model's vectors of everything in it. */
export async function indexFiles(files: readonly IndexedFile[], embedder: Embedder): Promise<Index> {
  const catalogue = Catalogue.inMemory();
  const batch = new Batch();
  for (const file of files) batch.add(file);
  const texts = files.flatMap(({ chunks }) => chunks.map(({ key, embedded: text }) => ({ key, text })));
  commit(catalogue, batch, await new VectorSupply(cacheFor(embedder)).embed(embedder, texts));
  const searched = lookInto(catalogue, [{ name: vectorModel(embedder), dimension: embedder.dimension }]);
  return { searched, meaningless: await vectorsOf(embedder, nonsense) };
}

let cache: EmbeddingCache | undefined;

/** An encoder reads each text once, however often it is asked about it: a run that was stopped goes on. The table is faster than the disk. */
function cacheFor(embedder: Embedder): EmbeddingCache | undefined {
  return embedder instanceof StaticEmbedder
    ? undefined
    : (cache ??= new EmbeddingCache(path.resolve('.cache', 'bench', 'vectors'), cacheBytes));
}

/** A method without its class is no method to the parser, but the document is known to be one definition. */
async function chunksOf(text: string, grammar: Grammar & Language): Promise<Chunk[]> {
  const parsed = (await grammars.definitions(text, grammar)) ?? [];
  // What stands in the place of a hidden name is none.
  const definitions = parsed.map((definition) => (definition.name === mask ? { ...definition, name: '' } : definition));
  const isWhole = definitions.some(({ start, end }) => end - start > text.length * 0.8);
  return cutChunks(
    text,
    nest(text, isWhole ? definitions : [...definitions, { start: 0, end: text.length, name: '', kind: 'whole' }]),
  );
}
