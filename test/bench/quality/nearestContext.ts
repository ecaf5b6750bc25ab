/**
 * Repository context for a task as the search index would give it: the chunks of other files that are nearest in meaning
 * to what stands before the cursor, as far as they are found within the time that typing allows.
 */
import path from 'node:path';
import type { ContextSnippet } from '../../../src/ipc/engine/protocol';
import { Batch, commit } from '../../../src/indexer/indexing/batch';
import { Catalogue } from '../../../src/indexer/store/catalogue';
import { chunkFile } from '../../../src/indexer/chunks/chunker';
import { describeChunks } from '../../../src/indexer/indexing/describe';
import { vectorModel } from '../../../src/ipc/indexer/embedder';
import type { Embedder } from '../../../src/ipc/indexer/embedder';
import { VectorSupply } from '../../../src/indexer/embedding/supply';
import { nearest } from '../../../src/indexer/ranking/nearest';
import { lookInto } from '../../../src/indexer/ranking/searched';
import type { Searched } from '../../../src/indexer/ranking/searched';
import { quantizeAll } from '../../../src/indexer/vectors/quantization';
import { Grammars } from '../../../src/syntax/grammars';
import { languageOf } from '../../../src/syntax/languages';
import { isTwin } from './context';
import { embeddedModel } from './indexSearcher';
import type { Situation, Workspace } from './situations';

const snippets = 2;
/** The end of the text before the cursor whose like is looked for. */
const queryLines = 24;
/** As much of a chunk as the other kind of context shows. */
const shownLines = 12;
const deadlineMs = 30;

const grammars = new Grammars(path.resolve('node_modules/@vscode/tree-sitter-wasm/wasm'));
let last: { readonly workspace: Workspace; readonly searched: Searched } | undefined;

/** Nearest last, as the prompt layout wants it. */
export async function nearestContext(situation: Situation, workspace: Workspace): Promise<ContextSnippet[]> {
  const embedder = await embeddedModel();
  const searched = await indexOf(workspace, embedder);
  const deadline = performance.now() + deadlineMs;
  const query = situation.prefix.split('\n').slice(-queryLines).join('\n');
  const vector = quantizeAll(await embedder.embed([query], 'query'), embedder.dimension);
  const acceptsPath = (name: string): boolean => {
    const file = workspace.files.get(name);
    return file !== undefined && name !== situation.path && !isTwin(file, situation);
  };
  const readChunk = (name: string, start: number, end: number): string | undefined =>
    workspace.files.get(name)?.text.slice(start, end);
  return nearest(searched, new Map([[vectorModel(embedder), { vector }]]), readChunk, {
    top: snippets,
    acceptsPath,
    deadline,
  })
    .map(({ path: name, text }) => ({
      path: name,
      text: `${text.split('\n').slice(0, shownLines).join('\n').trimEnd()}\n`,
    }))
    .reverse();
}

async function indexOf(workspace: Workspace, embedder: Embedder): Promise<Searched> {
  if (last?.workspace === workspace) return last.searched;
  last?.searched.catalogue.close();
  const catalogue = Catalogue.inMemory();
  const batch = new Batch();
  for (const { path: name, text } of workspace.files.values()) {
    const about = {
      path: name,
      language: languageOf(name).id,
      hash: new Uint8Array(),
      bytes: text.length,
      modified: 0,
    };
    batch.add({ ...about, ...describeChunks(text, name, await chunkFile(text, name, grammars)) });
  }
  const texts = batch.files.flatMap(({ chunks }) => chunks.map(({ key, embedded: text }) => ({ key, text })));
  commit(catalogue, batch, await new VectorSupply(undefined).embed(embedder, texts));
  last = { workspace, searched: lookInto(catalogue, [{ name: vectorModel(embedder), dimension: embedder.dimension }]) };
  return last.searched;
}
