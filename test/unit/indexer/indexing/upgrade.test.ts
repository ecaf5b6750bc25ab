import assert from 'node:assert/strict';
import type { Embedder } from '../../../../src/ipc/indexer/embedder';
import { SearchIndex } from '../../../../src/indexer/searchIndex';
import { WordEmbedder } from '../../../support/embedders';
import { makeFolder } from '../../../support/folder';
import { grammars } from '../../../support/grammars';

const code = Object.fromEntries(
  Array.from({ length: 40 }, (_, file) => [`src/file${file}.ts`, `export const value${file} = compute(${file});\n`]),
);

describe('an encoder that fails', () => {
  let full: WordEmbedder;
  let index: SearchIndex;
  /** Fails wherever one of its texts is such. */
  const open = async (fails: (text: string) => boolean) => {
    const choosy: Embedder = {
      id: full.id,
      dimension: full.dimension,
      embed: (texts, kind, signal) =>
        texts.some(fails) ? Promise.reject(new Error('The engine ended twice.')) : full.embed(texts, kind, signal),
    };
    const fast = new WordEmbedder('fast');
    index = new SearchIndex({ root: makeFolder(code), store: makeFolder(), grammars, fast, full: choosy });
    index.becomeWriter();
    await index.update();
  };

  beforeEach(() => {
    full = new WordEmbedder('full', 256);
  });

  afterEach(() => index.close());

  it('at one text embeds all others, also those that were asked beside it', async () => {
    await open((text) => text.includes('value7 '));
    assert.deepEqual(await index.upgrade(), { missing: 40, done: 39, failure: 'The engine ended twice.' });
    assert.equal(index.coverage().vectors['full/256/int8'], 39);
  });

  it('at every text is left alone after a few', async () => {
    await open(() => true);
    await assert.rejects(index.upgrade(), /The engine ended twice/);
    assert.equal(full.asked.length, 0);
  });
});
