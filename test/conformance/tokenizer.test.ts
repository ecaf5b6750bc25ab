import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import { unixLineEnds } from '../../src/common/text/cursor';
import { PromptBuilder } from '../../src/engine/prompt/layout';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';

/** Written by the Python that trains the embedded decoder: texts, prompts, and their ids. */
interface Fixture {
  /** SHA-256 of the tokenizer.json that it was made with. */
  readonly tokenizer: string;
  readonly texts: { text: string; ids: number[] }[];
  readonly lineEnds: { raw: string; ids: number[] }[];
  readonly cases: {
    path: string;
    context: [path: string, text: string][];
    suffix: string;
    prefix: string;
    rest: string;
    middle: string;
    prompt: number[];
    /** The middle and the token that ends it. */
    completion: number[];
  }[];
  readonly documentation: { path: string; function: string; sentence: string; ids: number[] };
}

const model = 'models/decoder';
const fixture = JSON.parse(readFileSync('test/fixtures/model/layout.json', 'utf8')) as Fixture;

describe('the embedded decoder and the Python that trained it', () => {
  let tokenizer: Tokenizer;
  let builder: PromptBuilder;
  let special: (name: 'file' | 'doc' | 'endOfMiddle') => number;

  before(async () => {
    const folder = await openDecoderFolder(model);
    tokenizer = Tokenizer.create(folder.tokenizer, folder.tokenizerConfig);
    // The layout that models are trained with from now on, and room for every case, so that nothing is cut: how prompts are cut is tested apart.
    builder = new PromptBuilder({ ...folder, contextLength: 4_096, promptLayout: 'suffix-first-marked' }, tokenizer);
    special = (name) => tokenizer.special(folder.tokens[name]!)!;
  });

  it('share a tokenizer', () => {
    const sha256 = createHash('sha256')
      .update(readFileSync(`${model}/tokenizer.json`))
      .digest('hex');
    assert.equal(sha256, fixture.tokenizer, 'make the fixtures again with the new tokenizer');
  });

  it(`give ${fixture.texts.length + fixture.lineEnds.length} texts the same ids`, () => {
    for (const { text, ids } of fixture.texts) assert.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text));
    for (const { raw, ids } of fixture.lineEnds)
      assert.deepEqual(tokenizer.encode(unixLineEnds(raw)), ids, JSON.stringify(raw));
  });

  it(`write ${fixture.cases.length} prompts alike`, () => {
    assert.ok(fixture.cases.length > 0);
    for (const { path, context, prefix, suffix, rest, prompt } of fixture.cases) {
      const after = suffix === '' ? rest : `${rest}\n${suffix}`;
      const snippets = context.map(([file, text]) => ({ path: file, text }));
      const { ids } = builder.build({ path, context: snippets, prefix, suffix: after }, 64);
      assert.deepEqual(ids, prompt, JSON.stringify({ path, prefix, rest, suffix }));
    }
  });

  it('encode what is to be written alike, and end it with the same token', () => {
    for (const { middle, completion } of fixture.cases) {
      assert.deepEqual([...tokenizer.encode(middle), special('endOfMiddle')], completion, JSON.stringify(middle));
    }
  });

  it('write documentation alike', () => {
    const { path, function: code, sentence, ids } = fixture.documentation;
    const parts = [
      special('file'),
      tokenizer.encode(`${path}\n`),
      tokenizer.encode(code),
      special('doc'),
      tokenizer.encode(sentence),
      special('endOfMiddle'),
    ];
    assert.deepEqual(parts.flat(), ids);
  });
});
