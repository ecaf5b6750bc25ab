import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';
import { requireBaseModel } from '../support/baseModels';
import { root } from '../support/paths';
import { tokenizerTexts } from '../support/tokenizerTexts';

/** Made by test/fixtures/bases/vocabularies.py: of each text two bytes of a hash of its ids. */
interface Expected {
  readonly texts: number;
  readonly seed: number;
  readonly tokens: number;
  readonly hashes: string;
}

for (const [role, name] of [
  ['decoder', 'smollm2'],
  ['encoder', 'minilm'],
] as const) {
  describe(`the vocabulary of the base model ${name}`, () => {
    let folder: string;

    before(function () {
      folder = requireBaseModel(this, role);
    });

    it('gives 10,000 texts the ids that Python gives them', () => {
      const tokenizer = Tokenizer.create(JSON.parse(readFileSync(join(folder, 'tokenizer.json'), 'utf8')));
      const expected = JSON.parse(readFileSync(join(root, 'test/fixtures/bases', `${name}.json`), 'utf8')) as Expected;
      const hashes = Buffer.from(expected.hashes, 'base64');
      const texts = tokenizerTexts(expected.texts, expected.seed);
      assert.equal(texts.length, 10_000);
      let tokens = 0;
      const different = texts.filter((text, at) => {
        const ids = tokenizer.encode(text);
        tokens += ids.length;
        return (crc32(ids.join(',')) & 0xffff) !== hashes.readUInt16LE(2 * at);
      });
      assert.deepEqual(different.slice(0, 5), [], `${different.length} texts differ`);
      assert.equal(tokens, expected.tokens);
    });
  });
}
