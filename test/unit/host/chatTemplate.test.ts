import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasChatTemplate } from '../../../src/host/chatTemplate';

describe('a chat template', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'glassbox-chat-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const cases: [file: string, text: string, expected: boolean][] = [
    ['glassbox.json', '{ "role": "decoder", "chatTemplate": "{{ messages }}" }', true],
    ['glassbox.json', '{ "role": "decoder" }', false],
    ['chat_template.jinja', '{{ messages }}', true],
    ['chat_template.jinja', '\n', false],
    ['tokenizer_config.json', '{"chat_template": "{{ messages }}"}', true],
    ['tokenizer_config.json', '{"eos_token": "<|im_end|>"}', false],
    ['model.onnx', 'chat_template', false],
  ];
  for (const [file, text, expected] of cases)
    it(`is ${expected ? '' : 'not '}in ${file} with ${JSON.stringify(text)}`, async () => {
      writeFileSync(join(folder, file), text);
      assert.equal(await hasChatTemplate(folder), expected);
    });
});
