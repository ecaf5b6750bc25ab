/** The index of the product as a searcher: each document a file of its own, asked as a person would ask. */
import path from 'node:path';
import { createRequire } from 'node:module';
import { Batch, commit } from '../../../src/indexer/batch';
import { Catalogue } from '../../../src/indexer/catalogue';
import { cutChunks, type Chunk } from '../../../src/indexer/chunks';
import { describeChunks } from '../../../src/indexer/describe';
import { vectorModel, type Embedder } from '../../../src/indexer/embedding/embedder';
import { StaticEmbedder } from '../../../src/engine/embedding/staticTable';
import { VectorSupply } from '../../../src/indexer/embedding/supply';
import type { SearchMode } from '../../../src/indexer/fusion';
import { lookInto, search, type Searched } from '../../../src/indexer/search';
import type { QuestionVector } from '../../../src/indexer/vectors/denseIndex';
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

const grammars = new Grammars(wasmFolder);
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
      // Quotes in a sentence are no wish for exactness.
      const input = query.replaceAll('"', ' ');
      const [vector] = await vectorsOf(embedder, [input]);
      const vectors = new Map<string, QuestionVector>(vector && [[vectorModel(embedder), { vector, nonsense: meaningless }]]);
      const scores = new Float64Array(documents.length);
      for (const { path: name, score } of search(searched, { input, mode, top, vectors, readChunk: () => undefined })) {
        const document = Number.parseInt(name, 10);
        scores[document] = Math.max(scores[document] ?? 0, score);
      }
      return scores;
    };
  };
}

async function vectorsOf(embedder: Embedder, questions: readonly string[]): Promise<Int8Array[]> {
  const { dimension } = embedder;
  const vectors = quantizeAll(await embedder.embed(questions, 'query'), dimension);
  return questions.map((_, index) => vectors.subarray(index * dimension, (index + 1) * dimension));
}

interface Index {
  readonly searched: Searched;
  readonly meaningless: readonly Int8Array[];
}

/** The last index that was made by each model: every mode asks the same one. */
const last = new Map<string, Index & { readonly documents: readonly string[] }>();

async function indexOf(documents: readonly string[], language: Language, embedder: Embedder): Promise<Index> {
  const known = last.get(embedder.id);
  if (known?.documents === documents) return known;
  known?.searched.catalogue.close();
  const catalogue = Catalogue.inMemory();
  const batch = new Batch();
  for (const [document, text] of documents.entries()) {
    // All files have the same name: it shall not help.
    const name = `${document}/file`;
    const about = { path: name, language, hash: new Uint8Array(), bytes: text.length, modified: 0 };
    batch.add({ ...about, ...describeChunks(text, name, await chunksOf(text, language)) });
  }
  const texts = batch.files.flatMap(({ chunks }) => chunks.map(({ key, embedded: text }) => ({ key, text })));
  commit(catalogue, batch, await new VectorSupply(undefined).embed(embedder, texts));
  const searched = lookInto(catalogue, [{ name: vectorModel(embedder), dimension: embedder.dimension }]);
  const made = { documents, searched, meaningless: await vectorsOf(embedder, nonsense) };
  last.set(embedder.id, made);
  return made;
}

/** A method without its class is no method to the parser, but the document is known to be one definition. */
async function chunksOf(text: string, grammar: Grammar & Language): Promise<Chunk[]> {
  const parsed = (await grammars.definitions(text, grammar)) ?? [];
  // What stands in the place of a hidden name is none.
  const definitions = parsed.map((definition) => (definition.name === mask ? { ...definition, name: '' } : definition));
  const isWhole = definitions.some(({ start, end }) => end - start > text.length * 0.8);
  return cutChunks(text, nest(text, isWhole ? definitions : [...definitions, { start: 0, end: text.length, name: '', kind: 'whole' }]));
}
