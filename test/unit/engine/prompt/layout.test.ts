import fc from 'fast-check';
import assert from 'node:assert/strict';
import { EngineError } from '../../../../src/ipc/engine/errors';
import type { DecoderFolder } from '../../../../src/modelFolder/layouts/types';
import { PromptBuilder } from '../../../../src/engine/prompt/layout';
import type { PromptParams } from '../../../../src/engine/prompt/layout';
import { cutWindow } from '../../../../src/ipc/engine/documentWindow';
import { Tokenizer } from '../../../../src/modelFolder/tokenizer/tokenizer';
import { sourceText } from '../../../support/texts';
import { definition } from '../../../support/tokenizers';

const added = ['<|fim_prefix|>', '<|fim_suffix|>', '<|fim_middle|>', '<|file_sep|>', '<|endoftext|>'];
const tokenizerJson = {
  ...definition,
  added_tokens: [...definition.added_tokens, ...added.map((content, i) => ({ id: 1024 + i, content, special: true }))],
};
const tokenizer = Tokenizer.create(tokenizerJson);
const special = (text: string): number => tokenizer.special(text)!;

const base = {
  role: 'decoder',
  path: '',
  name: 'little',
  contextLength: 320,
  vocabularySize: 1040,
  graph: '',
  tokenizer: tokenizerJson,
  tokenizerConfig: undefined,
} as const;
const ours: DecoderFolder = {
  ...base,
  cacheOutputs: 'delta',
  promptLayout: 'suffix-first-next-line',
  tokens: {
    file: '<|file|>',
    suffix: '<|suffix|>',
    prefix: '<|prefix|>',
    rest: '<|rest|>',
    middle: '<|middle|>',
    endOfMiddle: '<|eom|>',
  },
  stopTokens: ['<|eom|>'],
};
const marked: DecoderFolder = { ...ours, promptLayout: 'suffix-first-marked' };
const publicTokens = {
  prefix: '<|fim_prefix|>',
  suffix: '<|fim_suffix|>',
  middle: '<|fim_middle|>',
  endOfText: '<|endoftext|>',
};
const fillIn: DecoderFolder = {
  ...base,
  cacheOutputs: 'copy',
  promptLayout: 'prefix-suffix-middle',
  tokens: publicTokens,
  stopTokens: ['<|endoftext|>'],
};
const suffixFirst: DecoderFolder = { ...fillIn, promptLayout: 'suffix-prefix-middle' };
const { middle: _, ...unmarkedTokens } = publicTokens;
const unmarked: DecoderFolder = { ...suffixFirst, tokens: unmarkedTokens };
const byFile: DecoderFolder = { ...fillIn, tokens: { ...publicTokens, file: '<|file_sep|>' } };
const plain: DecoderFolder = {
  ...base,
  cacheOutputs: 'copy',
  promptLayout: 'left-to-right',
  tokens: {},
  stopTokens: [],
};

const input = (changes: Partial<PromptParams>): PromptParams => ({
  context: [],
  path: 'src/a.ts',
  prefix: '',
  suffix: '',
  ...changes,
});
const build = (folder: DecoderFolder, changes: Partial<PromptParams>, maxTokens = 64): number[] => [
  ...new PromptBuilder(folder, tokenizer).build(input(changes), maxTokens).ids,
];

/** The prompt with its special tokens written out; each text between two of them was encoded by itself. */
function written(ids: readonly number[]): string {
  const stream = tokenizer.stream();
  const texts = new Map(
    [...definition.added_tokens, ...added.map((content, i) => ({ content, id: 1024 + i }))].map(({ id, content }) => [
      id,
      content,
    ]),
  );
  return ids.map((id) => texts.get(id) ?? stream.push(id)).join('') + stream.end();
}

describe('prompts', () => {
  const cursor = { prefix: 'import x;\nfoo(', suffix: ');\nbar();\n' };
  const context = [{ path: 'src/b.ts', text: 'export const b = 1;\n' }];

  it('with the lines after the cursor first', () => {
    assert.equal(
      written(build(ours, cursor)),
      '<|file|>src/a.ts\n<|suffix|>bar();\n<|prefix|>import x;\nfoo(<|rest|>);<|middle|>',
    );
    assert.equal(
      written(build(ours, { prefix: 'a = ', suffix: '\nb\n' })),
      '<|file|>src/a.ts\n<|suffix|>b\n<|prefix|>a = ',
    );
    assert.equal(
      written(build(ours, { ...cursor, context })),
      '<|file|>src/b.ts\nexport const b = 1;\n<|file|>src/a.ts\n<|suffix|>bar();\n<|prefix|>import x;\nfoo(<|rest|>);<|middle|>',
    );
  });

  it('with the middle marked also where nothing follows on the line', () => {
    assert.equal(written(build(marked, cursor)), written(build(ours, cursor)));
    assert.equal(
      written(build(marked, { prefix: 'a = ', suffix: '\nb\n' })),
      '<|file|>src/a.ts\n<|suffix|>b\n<|prefix|>a = <|middle|>',
    );
  });

  it('are made of parts that were encoded one by one', () => {
    const parts = [
      special('<|file|>'),
      tokenizer.encode('src/a.ts\n'),
      special('<|suffix|>'),
      tokenizer.encode('  b\n'),
      special('<|prefix|>'),
      tokenizer.encode('a\n'),
      special('<|rest|>'),
      tokenizer.encode('  )'),
      special('<|middle|>'),
    ];
    assert.deepEqual(build(ours, { prefix: 'a\n', suffix: '  )\n  b\n' }), parts.flat());
  });

  it('of nothing, of a suffix alone and at the start of a file', () => {
    assert.equal(written(build(ours, {})), '<|file|>src/a.ts\n<|suffix|><|prefix|>');
    assert.equal(
      written(build(ours, { suffix: 'rest' })),
      '<|file|>src/a.ts\n<|suffix|><|prefix|><|rest|>rest<|middle|>',
    );
    assert.equal(written(build(ours, { suffix: '\nnext' })), '<|file|>src/a.ts\n<|suffix|>next<|prefix|>');
    assert.deepEqual(build(plain, {}), []);
  });

  it('with Unix line ends, also where the cursor stands inside one', () => {
    const unix = build(ours, { prefix: 'a\nb', suffix: '\nc\n' });
    assert.deepEqual(build(ours, { prefix: 'a\r\nb', suffix: '\r\nc\r\n' }), unix);
    assert.deepEqual(build(ours, { prefix: 'a\r\nb\r', suffix: '\nc\r\n' }), unix);
  });

  it('in the order of public models', () => {
    assert.equal(
      written(build(fillIn, { ...cursor, context })),
      '<|fim_prefix|>import x;\nfoo<|fim_suffix|>);\nbar();\n<|fim_middle|>',
    );
    assert.equal(
      written(build(byFile, cursor)),
      '<|fim_prefix|>import x;\nfoo<|fim_suffix|>);\nbar();\n<|fim_middle|>',
    );
    assert.equal(
      written(build(byFile, { ...cursor, context })),
      '<|file_sep|>src/b.ts\nexport const b = 1;\n<|file_sep|>src/a.ts\n<|fim_prefix|>import x;\nfoo<|fim_suffix|>);\nbar();\n<|fim_middle|>',
    );
    assert.equal(
      written(build({ ...fillIn, tokens: { ...publicTokens, beginOfText: '<|endoftext|>' } }, cursor)),
      '<|endoftext|><|fim_prefix|>import x;\nfoo<|fim_suffix|>);\nbar();\n<|fim_middle|>',
    );
  });

  it('behind other files with their paths as comments, for a model that only goes on', () => {
    assert.equal(written(build(plain, cursor)), 'import x;\nfoo');
    assert.equal(
      written(build(plain, { ...cursor, context })),
      '// src/b.ts\nexport const b = 1;\n// src/a.ts\nimport x;\nfoo',
    );
    const python = { ...cursor, path: 'a.py', context: [{ path: 'b.py', text: 'def b(): ...\n' }] };
    assert.equal(written(build(plain, python)), '# b.py\ndef b(): ...\n# a.py\nimport x;\nfoo');
    const html = { ...cursor, path: 'a.html', context: [{ path: 'b.css', text: 'b {}\n' }] };
    assert.equal(written(build(plain, html)), '/* b.css */\nb {}\n<!-- a.html -->\nimport x;\nfoo');
  });

  it('in the order of public models that read the suffix first', () => {
    assert.equal(
      written(build(suffixFirst, cursor)),
      '<|fim_suffix|>);\nbar();\n<|fim_prefix|>import x;\nfoo<|fim_middle|>',
    );
    assert.equal(written(build(unmarked, cursor)), '<|fim_suffix|>);\nbar();\n<|fim_prefix|>import x;\nfoo');
    assert.equal(
      written(build({ ...suffixFirst, tokens: { ...publicTokens, file: '<|file_sep|>' } }, { ...cursor, context })),
      '<|file_sep|>src/b.ts\nexport const b = 1;\n<|file_sep|>src/a.ts\n<|fim_suffix|>);\nbar();\n<|fim_prefix|>import x;\nfoo<|fim_middle|>',
    );
  });

  it('read less again with each key where the suffix is first, and not more than an eighth where it is behind', () => {
    const text = Array.from({ length: 500 }, (_line, at) => `const value${at} = compute(${at}, list[${at}]);\n`).join(
      '',
    );
    const reread = (folder: DecoderFolder): number[] => {
      const builder = new PromptBuilder({ ...folder, contextLength: 2_112 }, tokenizer);
      const at = (offset: number) =>
        builder.build(input({ prefix: text.slice(0, offset), suffix: text.slice(12_000) }), 64).ids;
      let before = at(8_000);
      return Array.from({ length: 100 }, (_key, index) => {
        const ids = at(8_001 + index);
        const same = ids.findIndex((id, place) => id !== before[place]);
        before = ids;
        return same < 0 ? 0 : ids.length - same;
      });
    };
    const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[50]!;
    const [behind, first] = [median(reread(fillIn)), median(reread(suffixFirst))];
    assert.ok(first <= 4, `${first} tokens with the suffix first`);
    assert.ok(behind > 100 && behind <= 2_048 / 8 + 8, `${behind} tokens with the suffix behind`);
  });

  it('are never empty, whatever stands around the cursor, where the model has a token to begin with', () => {
    const ended: DecoderFolder = { ...plain, stopTokens: ['<|endoftext|>'] };
    const builders = [ours, marked, fillIn, suffixFirst, unmarked, byFile, ended].map(
      (folder) => new PromptBuilder(folder, tokenizer),
    );
    const text = fc.string({ unit: 'binary', maxLength: 6 });
    fc.assert(
      fc.property(text, text, (prefix, suffix) => {
        for (const builder of builders) assert.ok(builder.build(input({ prefix, suffix }), 8).ids.length > 0);
      }),
    );
  });

  it('leave the last token before the cursor to models that were trained on whole texts', () => {
    const healed = (folder: DecoderFolder, prefix: string) => {
      const prompt = new PromptBuilder(folder, tokenizer).build(input({ prefix }), 8);
      const bytes = Buffer.concat([
        ...prompt.ids.map((id) => tokenizer.bytesOf(id) ?? new Uint8Array()),
        prompt.healed ?? new Uint8Array(),
      ]);
      return {
        text: written(prompt.ids),
        whole: bytes.toString(),
        healed: prompt.healed && Buffer.from(prompt.healed).toString(),
      };
    };
    assert.equal(healed(ours, 'foo(').healed, undefined);
    for (const folder of [plain, fillIn]) assert.equal(healed(folder, 'foo(').healed, '(');
    for (const prefix of ['a = retur', 'if (x)\n    ', '  // größ', 'x = "👍']) {
      const { whole, healed: bytes } = healed(plain, prefix);
      assert.ok(bytes !== undefined && bytes.length > 0);
      assert.equal(whole, prefix);
    }
    assert.deepEqual([healed(plain, '').text, healed(plain, '').healed], ['', undefined]);
    assert.deepEqual(
      [healed(plain, '(').text, healed(plain, '(').healed],
      ['(', undefined],
      'a prompt is never empty for it',
    );
    const ended: DecoderFolder = { ...plain, stopTokens: ['<|endoftext|>'] };
    for (const prefix of ['', '(']) {
      const { text, healed: bytes } = healed(ended, prefix);
      assert.deepEqual([text, bytes ?? ''], ['<|endoftext|>', prefix], 'a file begins behind what ends one');
    }
    // Of this text a single token is kept in this room.
    const { ids } = new PromptBuilder(plain, tokenizer).build(input({ prefix: '\n\t'.repeat(385) }), 161);
    assert.equal(ids.length, 1);
  });

  it('keep special strings of the source as text', () => {
    const ids = build(ours, { prefix: '<|eom|>', suffix: '<|file|>\n<|prefix|>', path: '<|rest|>' });
    assert.deepEqual(
      ids.filter((id) => tokenizer.specialIds.includes(id)),
      ['<|file|>', '<|suffix|>', '<|prefix|>', '<|rest|>', '<|middle|>'].map(special),
    );
  });

  it('end at stop tokens and forbid the other ids that are no text', () => {
    const { stopIds, forbiddenIds } = new PromptBuilder(ours, tokenizer).build(input({}), 8);
    assert.deepEqual([...stopIds], [special('<|eom|>')]);
    assert.ok(!forbiddenIds.includes(special('<|eom|>')) && forbiddenIds.includes(special('<|pad|>')));
    // The model has more rows than the tokenizer has tokens.
    assert.deepEqual(
      forbiddenIds.slice(-11),
      Array.from({ length: 11 }, (_, i) => 1029 + i),
    );
  });

  it('fit, whatever the text', () => {
    const long = fc.tuple(sourceText, fc.integer({ min: 1, max: 400 })).map(([text, times]) => text.repeat(times));
    const snippets = fc.array(fc.record({ path: sourceText, text: long }), { maxLength: 3 });
    const builders = [ours, fillIn, byFile, plain].map((folder) => new PromptBuilder(folder, tokenizer));
    const property = fc.property(
      long,
      long,
      sourceText,
      snippets,
      fc.integer({ min: 1, max: 256 }),
      (prefix, suffix, path, others, maxTokens) => {
        for (const builder of builders) {
          const { ids } = builder.build({ context: others, path, ...cutWindow({ prefix, suffix }) }, maxTokens);
          assert.ok(ids.length <= base.contextLength - maxTokens, `${ids.length} of ${base.contextLength - maxTokens}`);
        }
      },
    );
    fc.assert(property, { numRuns: 150 });
  });

  it('use most of their room', () => {
    const code = Array.from({ length: 400 }, (_, i) => `  const value${i} = compute(${i}, options);\n`).join('');
    for (const folder of [ours, fillIn, plain]) {
      const length = build(folder, { prefix: code, suffix: code }).length;
      assert.ok(length > 0.6 * (base.contextLength - 64), `${folder.promptLayout}: ${length}`);
    }
  });

  it('are a function of their input alone', () => {
    const warm = new PromptBuilder(ours, tokenizer);
    const property = fc.property(sourceText, sourceText, sourceText, (prefix, suffix, path) => {
      const some = input({ prefix, suffix, path });
      assert.deepEqual(
        warm.build(some, 64).ids,
        new PromptBuilder(ours, Tokenizer.create(tokenizerJson)).build(some, 64).ids,
      );
    });
    fc.assert(property, { numRuns: 30 });
  });

  it('move their start in big steps on a line without an end', () => {
    const line = Array.from({ length: 3_000 }, (_, i) => `f${i}(`).join('');
    const builder = new PromptBuilder(ours, tokenizer);
    let moved = 0;
    let before = '';
    for (let end = 8_000; end < 9_000; end++) {
      const text = written(builder.build(input({ prefix: line.slice(0, end) }), 64).ids);
      if (!text.startsWith(before)) moved++;
      before = text;
    }
    assert.ok(moved <= 25, `${moved} times in 1,000 keys`);
  });

  it('refuse to leave no room for themselves', () => {
    assert.throws(
      () => build(ours, {}, 300),
      (error: unknown) => error instanceof EngineError && error.code === 'invalid' && error.message.includes('300'),
    );
  });

  it('refuse a tokenizer without the tokens that the model needs', () => {
    const strange = { ...ours, tokens: { ...ours.tokens, rest: '<|nothing|>' } };
    assert.throws(
      () => new PromptBuilder(strange, tokenizer),
      (error: unknown) =>
        error instanceof EngineError && error.code === 'modelInvalid' && error.message.includes('<|nothing|>'),
    );
  });
});
