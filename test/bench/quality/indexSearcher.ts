/** The index of the product as a searcher: each document a file of its own, asked as a person would ask. */
import path from 'node:path';
import { createRequire } from 'node:module';
import { Batch, commit } from '../../../src/indexer/batch';
import { Catalogue } from '../../../src/indexer/catalogue';
import { cutChunks, type Chunk } from '../../../src/indexer/chunks';
import { Grammars } from '../../../src/syntax/grammars';
import { describeChunks } from '../../../src/indexer/describe';
import type { Grammar } from '../../../src/syntax/languages';
import { nest } from '../../../src/syntax/outline';
import { lookInto, search } from '../../../src/indexer/search';
import { mask } from './functions';
import type { Language } from './packages';
import type { Searcher } from './search';

const wasmFolder = path.dirname(createRequire(path.resolve('package.json')).resolve('@vscode/tree-sitter-wasm'));
/** Answers asked for; what stands below counts as not found. */
const top = 50;

const grammars = new Grammars(wasmFolder);

export const indexSearcher: Searcher = async (documents, language) => {
  const catalogue = Catalogue.inMemory();
  const batch = new Batch();
  for (const [document, text] of documents.entries()) {
    // All files have the same name: it shall not help.
    const name = `${document}/file`;
    const about = { path: name, language, hash: new Uint8Array(), bytes: text.length, modified: 0 };
    batch.add({ ...about, ...describeChunks(text, name, await chunksOf(text, language)) });
  }
  commit(catalogue, batch);
  const searched = lookInto(catalogue);
  return (query) => {
    const scores = new Float64Array(documents.length);
    // Quotes in a sentence are no wish for exactness.
    for (const { path: name, score } of search(searched, { input: query.replaceAll('"', ' '), mode: 'lexical', top, vectors: new Map(), readChunk: () => undefined })) {
      const document = Number.parseInt(name, 10);
      scores[document] = Math.max(scores[document] ?? 0, score);
    }
    return scores;
  };
};

/** A method without its class is no method to the parser, but the document is known to be one definition. */
async function chunksOf(text: string, grammar: Grammar & Language): Promise<Chunk[]> {
  const parsed = (await grammars.definitions(text, grammar)) ?? [];
  // What stands in the place of a hidden name is none.
  const definitions = parsed.map((definition) => (definition.name === mask ? { ...definition, name: '' } : definition));
  const isWhole = definitions.some(({ start, end }) => end - start > text.length * 0.8);
  return cutChunks(text, nest(text, isWhole ? definitions : [...definitions, { start: 0, end: text.length, name: '', kind: 'whole' }]));
}
