import assert from 'node:assert/strict';
import { join } from 'node:path';
import { logSoftmax } from '../../src/attention/softmax';
import type { EngineClient } from '../../src/ipc/engine/client';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import { LogitsReader } from '../support/decoderLogits';
import { embeddedModel, startEngine } from '../support/engine';
import { root } from '../support/paths';

describe('how probable a decoder finds texts', () => {
  let client: EngineClient;
  before(() => ({ client } = startEngine()));
  after(() => client.dispose());

  const above = 'user = load(name, True)\nother = load(';
  const behind = '\nprint(user)\nprint(other)\n';
  const texts = ['other)', 'other, True)', 'other, True, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)'];
  const ask = (model: string) =>
    client.request('likelihood', { model, before: above, texts, behind }, { priority: 'ahead' });

  for (const [name, model] of [
    ['the small decoder', embeddedModel],
    ['a public layout', join(root, 'test/fixtures/optimum-tiny/llama')],
  ] as const) {
    it(`is what it gives to their tokens one after the other: ${name}`, async () => {
      const folder = await openDecoderFolder(model);
      const reader = await LogitsReader.open(folder, 'binding');
      const encode = (text: string) => client.request('tokenize', { model, text }, { priority: 'index' });
      const { texts: judged } = await ask(model);
      const all = await Promise.all(texts.map((text) => encode(above + text + behind)));
      let shared = 0;
      while (all.every(({ ids }) => ids[shared] === all[0]!.ids[shared])) shared++;
      const begin = folder.tokens.beginOfText;
      const front = begin === undefined ? [] : [(await encode(begin)).ids[0]!];
      for (const [index, { ids, ranges }] of all.entries()) {
        const length = above.length + texts[index]!.length;
        const end = ids.findIndex((_, at) => ranges[2 * at]! >= length);
        const whole = [...front, ...ids];
        const logits = await reader.read(whole, whole.length);
        const logprob = (at: number): number => {
          const row = (front.length + at - 1) * folder.vocabularySize;
          return logSoftmax(logits.subarray(row, row + folder.vocabularySize))[ids[at]!]!;
        };
        const sum = (from: number, to: number) =>
          Array.from({ length: to - from }, (_, at) => logprob(from + at)).reduce((total, one) => total + one, 0);
        const own = judged[index]!;
        assert.deepEqual([own.tokens, own.followingTokens], [end - shared, Math.min(8, ids.length - end)]);
        assert.ok(Math.abs(own.logprob - sum(shared, end)) < 1e-2, `${own.logprob} ${sum(shared, end)}`);
        assert.ok(Math.abs(own.followed - sum(end, end + own.followingTokens)) < 1e-2);
      }
      await reader.dispose();
    });
  }

  it('is the same again, and beside a completion', async () => {
    const first = await ask(embeddedModel);
    const complete = client.request(
      'complete',
      {
        model: embeddedModel,
        path: 'a.py',
        context: [],
        prefix: 'def area(',
        suffix: '\n',
        mode: 'line',
        maxTokens: 8,
      },
      { priority: 'completion' },
    );
    assert.deepEqual(await ask(embeddedModel), first);
    await complete;
  });

  it('is not said where nobody wants it any more, in time, nor of texts that are too long', async () => {
    const params = { model: embeddedModel, before: above, texts, behind };
    const signal = AbortSignal.abort();
    await assert.rejects(client.request('likelihood', params, { priority: 'ahead', signal }), { code: 'cancelled' });
    await assert.rejects(client.request('likelihood', { ...params, texts: [] }, { priority: 'ahead' }), {
      code: 'invalid',
    });
    await assert.rejects(
      client.request(
        'likelihood',
        { ...params, before: '', texts: ['a', 'b'], behind: ''.padEnd(5_000) },
        { priority: 'ahead' },
      ),
      { code: 'invalid' },
    );
  });
});
