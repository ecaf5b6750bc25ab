import assert from 'node:assert/strict';
import fc from 'fast-check';
import { spellings } from '../../../src/modelFolder/layouts/fillInTheMiddle';
import type { SpellingName } from '../../../src/modelFolder/layouts/fillInTheMiddle';
import { fillPrompt } from '../../../src/servers/fillPrompt';
import type { FillRequest } from '../../../src/servers/protocols/types';

const request: FillRequest = { path: 'a.ts', context: [], prefix: 'P', suffix: 'S', maxTokens: 9, stop: [] };
const names = Object.keys(spellings) as SpellingName[];

/** Of the models' cards. */
const expected: Partial<Record<SpellingName, string>> = {
  qwen: '<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>',
  codeGemma: '<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>',
  mellum: '<fim_suffix>S<fim_prefix>P<fim_middle>',
  starCoder2: '<fim_prefix>P<fim_suffix>S<fim_middle>',
  starCoder: '<fim_prefix>P<fim_suffix>S<fim_middle>',
  santaCoder: '<fim-prefix>P<fim-suffix>S<fim-middle>',
  seedCoder: '<[fim-suffix]>S<[fim-prefix]>P<[fim-middle]>',
  deepSeek: '<｜fim▁begin｜>P<｜fim▁hole｜>S<｜fim▁end｜>',
  codeLlama: '<PRE> P <SUF>S <MID>',
  codestral: '[SUFFIX]S[PREFIX]P',
};

describe('servers/fillPrompt', () => {
  for (const [name, prompt] of Object.entries(expected)) {
    it(`writes a prompt for ${name}`, () => assert.equal(fillPrompt(request, name as SpellingName).prompt, prompt));
  }

  it('puts other files in front where the model knows several', () => {
    const context = [{ path: 'b.ts', text: 'B' }];
    assert.equal(
      fillPrompt({ ...request, context }, 'qwen').prompt,
      '<|file_sep|>b.ts\nB\n<|file_sep|>a.ts\n<|fim_prefix|>P<|fim_suffix|>S<|fim_middle|>',
    );
    assert.equal(fillPrompt({ ...request, context }, 'deepSeek').prompt, expected.deepSeek);
  });

  it('has each mark as often as it wrote it, whatever the texts hold', () => {
    const marks = names.flatMap((name) => Object.values<string>(spellings[name].tokens));
    const text = fc.array(fc.constantFrom(...marks, '<', '|', 'fim_prefix|>', ' ', 'a', '\n'), { maxLength: 12 });
    fc.assert(
      fc.property(fc.constantFrom(...names), text, text, text, (name, prefix, suffix, other) => {
        const texts = {
          prefix: prefix.join(''),
          suffix: suffix.join(''),
          context: [{ path: 'b', text: other.join('') }],
        };
        const { prompt } = fillPrompt({ ...request, ...texts }, name);
        const plain = fillPrompt({ ...request, context: [{ path: 'b', text: 'x' }] }, name);
        for (const mark of plain.stop)
          assert.equal(prompt.split(mark).length, plain.prompt.split(mark).length, `${mark} of ${name}`);
      }),
      { numRuns: 1_000 },
    );
  });

  it('leaves code without marks as it is', () => {
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.string(), fc.string(), (name, prefix, suffix) => {
        const { prompt } = fillPrompt({ ...request, prefix, suffix }, name);
        return (
          /fim|PRE|SUF|MID|EOT|endoftext/.test(prefix + suffix) || (prompt.includes(prefix) && prompt.includes(suffix))
        );
      }),
    );
  });
});
