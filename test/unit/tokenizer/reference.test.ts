import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer } from '../../../src/engine/tokenizer/tokenizer';

interface Group {
  readonly name: string;
  readonly pre_tokenizer?: unknown;
  readonly normalizer?: unknown;
  readonly ignore_merges?: boolean;
  readonly texts: string[];
  readonly ids: number[][];
}

const folder = 'test/fixtures/tokenizer';
const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'));
const definition = read('tokenizer.json') as { model: object };
const groups = read('cases.json') as Group[];

describe('token ids of the reference implementation', () => {
  for (const { name, texts, ids, ignore_merges, ...steps } of groups) {
    const model = { ...definition.model, ...(ignore_merges === undefined ? {} : { ignore_merges }) };
    it(`${texts.length} texts, ${name}`, () => {
      const tokenizer = Tokenizer.create({ ...definition, ...steps, model });
      texts.forEach((text, index) => assert.deepEqual(tokenizer.encode(text), ids[index], JSON.stringify(text)));
    });
  }
});
