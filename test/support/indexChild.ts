/**
 * Brings an index up to date, in a process that is made to be killed: writes each text that it embeds to a log before it
 * does so, and says when it begins and when it is done.
 */
import { appendFileSync } from 'node:fs';
import { EmbeddingCache } from '../../src/indexer/embedding/cache';
import { keyOf } from '../../src/indexer/chunks/embeddedText';
import { SearchIndex } from '../../src/indexer/searchIndex';
import { Grammars } from '../../src/syntax/grammars';
import { WordEmbedder } from './embedders';

export interface ChildTask {
  readonly root: string;
  readonly store: string;
  readonly cache: string;
  readonly log: string;
  readonly grammars: string;
  readonly chunksPerCommit: number;
}

class LoggingEmbedder extends WordEmbedder {
  constructor(
    id: string,
    private readonly log: string,
  ) {
    super(id, 32);
  }

  override embed(...[texts, kind, signal]: Parameters<WordEmbedder['embed']>): Promise<Float32Array> {
    if (kind === 'document')
      appendFileSync(
        this.log,
        texts.map((text) => `${this.id} ${Buffer.from(keyOf(text)).toString('hex')}\n`).join(''),
      );
    return super.embed(texts, kind, signal);
  }
}

async function main({ root, store, cache, log, grammars, chunksPerCommit }: ChildTask): Promise<void> {
  const shared = new EmbeddingCache(cache, Infinity);
  const [fast, full] = [new LoggingEmbedder('fast', log), new LoggingEmbedder('full', log)];
  const index = new SearchIndex({ root, store, grammars: new Grammars(grammars), cache: shared, fast, full });
  if (!index.becomeWriter()) throw new Error('Another process writes the index.');
  process.send?.('begun');
  await index.update({ chunksPerCommit });
  await index.upgrade();
  index.close();
  shared.close();
  process.send?.('done');
}

void main(JSON.parse(process.argv[2] ?? '') as ChildTask).then(() => process.exit(0));
