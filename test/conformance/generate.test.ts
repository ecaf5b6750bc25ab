import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

describe('the next edit, written by a model whose folder says that it was trained to', () => {
  let client: EngineClient;
  const model = mkdtempSync(join(tmpdir(), 'glassbox-edits-'));
  before(() => {
    cpSync(embeddedModel, model, { recursive: true });
    const manifest = join(model, 'glassbox.json');
    const content = JSON.parse(readFileSync(manifest, 'utf8')) as object;
    writeFileSync(manifest, JSON.stringify({ ...content, nextEdit: 'sweep' }));
    ({ client } = startEngine());
  });
  after(() => {
    client.dispose();
    rmSync(model, { recursive: true });
  });

  it('goes on behind the prompt that was published, the same whoever asks again', async () => {
    const { prompts } = await client.request('load', { model }, { priority: 'index' });
    assert.ok(prompts.includes('nextEdit'));
    const before = 'load(user);\nload(order);\n';
    const now = 'load(user, true);\nload(order);\n';
    const prompt = { kind: 'nextEdit' as const, path: 'src/a.ts', edits: [], before, now };
    const ask = () => client.request('generate', { model, prompt, maxTokens: 12 }, { priority: 'ahead' });
    const { text, tokens, promptIds, cut } = await ask();
    assert.ok(tokens.length > 0 && tokens.length <= 12 && !cut);
    const parts = [`original/src/a.ts\n${before}\n`, `current/src/a.ts\n${now}\n`, 'updated/src/a.ts'];
    let at = 0;
    for (const part of parts) {
      const { ids } = await client.request('tokenize', { model, text: part }, { priority: 'index' });
      // The token of a file stands in front of each part, and is not spelled in it.
      assert.equal(promptIds[at], promptIds[0]);
      assert.deepEqual([...promptIds.subarray(at + 1, at + 1 + ids.length)], [...ids]);
      at += 1 + ids.length;
    }
    assert.equal(at, promptIds.length);
    assert.equal((await ask()).text, text);
  });

  it('is not asked of a model that was not', async () => {
    const prompt = { kind: 'nextEdit' as const, path: 'a.ts', edits: [], before: 'a', now: 'b' };
    await assert.rejects(
      client.request('generate', { model: embeddedModel, prompt, maxTokens: 8 }, { priority: 'ahead' }),
      { code: 'invalid' },
    );
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
