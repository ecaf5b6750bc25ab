import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EngineClient } from '../../src/ipc/engine/client';
import type { GenerateParams } from '../../src/ipc/engine/messages/generate';
import { completeParams, embeddedModel, startEngine } from '../support/engine';
import { root } from '../support/paths';

describe('text from the embedded model', () => {
  let client: EngineClient;
  before(() => ({ client } = startEngine()));
  after(() => client.dispose());

  const code = 'export function area(width: number, height: number): number {\n  return width * height;\n}\n';
  const ask = async (params: Partial<GenerateParams> = {}, signal?: AbortSignal, onText?: () => void) => {
    let heard = '';
    const all: GenerateParams = {
      model: embeddedModel,
      prompt: { kind: 'documentation', path: 'src/area.ts', code },
      maxTokens: 24,
      ...params,
    };
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
    assert.equal(
      tokens
        .map((token) => token.text)
        .join('')
        .trimEnd(),
      text,
    );
    assert.ok(tokens.length <= 6);
  });

  it('stops when nobody wants it any more, and completions go on as before', async () => {
    const before = await client.request('complete', completeParams(), { priority: 'completion' });
    const controller = new AbortController();
    const dropped = ask({ prompt: { kind: 'text', text: 'a = [1, ' }, maxTokens: 400 }, controller.signal, () =>
      controller.abort(),
    );
    await assert.rejects(dropped, { code: 'cancelled' });
    const after = await client.request('complete', completeParams(), { priority: 'completion' });
    assert.equal(after.text, before.text);
  });
});

describe('answers of a public decoder that brings a chat template', () => {
  let client: EngineClient;
  const model = mkdtempSync(join(tmpdir(), 'glassbox-chat-'));
  before(() => {
    cpSync(join(root, 'test/fixtures/optimum-tiny/llama'), model, { recursive: true });
    writeFileSync(
      join(model, 'chat_template.jinja'),
      "{% for message in messages %}{{ message.role + ': ' + message.content + '\\n' }}{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}",
    );
    ({ client } = startEngine());
  });
  after(() => {
    client.dispose();
    rmSync(model, { recursive: true });
  });

  it('are those to the conversation as the template writes it', async () => {
    const { prompts } = await client.request('load', { model }, { priority: 'index' });
    assert.deepEqual(prompts, ['chat', 'text']);
    const ask = (prompt: GenerateParams['prompt']) =>
      client.request('generate', { model, prompt, maxTokens: 8 }, { priority: 'summarize' });
    const answer = await ask({
      kind: 'chat',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
    });
    const same = await ask({ kind: 'text', text: 'system: Be brief.\nuser: Hi\nassistant:' });
    assert.deepEqual([...answer.promptIds], [...same.promptIds].slice(-answer.promptIds.length));
    assert.ok(answer.tokens.length > 0);
  });

  it('are refused where the conversation does not fit', async () => {
    const messages = [{ role: 'user' as const, content: 'word '.repeat(5_000) }];
    await assert.rejects(
      client.request(
        'generate',
        { model, prompt: { kind: 'chat', messages }, maxTokens: 8 },
        { priority: 'summarize' },
      ),
      { code: 'invalid' },
    );
  });
});
