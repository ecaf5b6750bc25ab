import assert from 'node:assert/strict';
import type { EngineClient } from '../../src/engine/client';
import type { GenerateParams } from '../../src/engine/protocol/generate';
import { completeParams, embeddedModel, startEngine } from '../support/engine';

describe('text from the embedded model', () => {
  let client: EngineClient;
  before(() => ({ client } = startEngine()));
  after(() => client.dispose());

  const code = 'export function area(width: number, height: number): number {\n  return width * height;\n}\n';
  const ask = async (params: Partial<GenerateParams> = {}, signal?: AbortSignal, onText?: () => void) => {
    let heard = '';
    const all: GenerateParams = { model: embeddedModel, prompt: { kind: 'documentation', path: 'src/area.ts', code }, maxTokens: 24, ...params };
    const result = await client.request('generate', all, {
      priority: 'summarize',
      signal,
      onEvent: ({ text }) => {
        heard += text;
        onText?.();
      },
    });
    return { ...result, heard };
  };

  it('says what the model can be asked with', async () => {
    const { prompts } = await client.request('load', { model: embeddedModel }, { priority: 'index' });
    assert.deepEqual(prompts, ['documentation', 'text']);
  });

  it('is streamed as it comes, one line, and the same again from the cache', async () => {
    const first = await ask();
    assert.equal(first.heard, first.text);
    assert.notEqual(first.text.trim(), '');
    assert.doesNotMatch(first.text, /\n/);
    const again = await ask();
    assert.equal(again.text, first.text);
    assert.ok(again.timings.prefillTokens < first.timings.prefillTokens);
  });

  it('goes on with any text', async () => {
    const { text, tokens } = await ask({ prompt: { kind: 'text', text: 'import { readFile } from ' }, maxTokens: 6 });
    assert.equal(tokens.map((token) => token.text).join('').trimEnd(), text);
    assert.ok(tokens.length <= 6);
  });

  it('stops when nobody wants it any more, and completions go on as before', async () => {
    const before = await client.request('complete', completeParams(), { priority: 'completion' });
    const controller = new AbortController();
    const dropped = ask({ prompt: { kind: 'text', text: 'a = [1, ' }, maxTokens: 400 }, controller.signal, () => controller.abort());
    await assert.rejects(dropped, { code: 'cancelled' });
    const after = await client.request('complete', completeParams(), { priority: 'completion' });
    assert.equal(after.text, before.text);
  });
});
