import assert from 'node:assert/strict';
import { askModel } from '../../../../../src/features/nextEdit/written/askModel';
import type { EngineClient } from '../../../../../src/ipc/engine/client';
import type { GenerateParams, GenerateResult } from '../../../../../src/ipc/engine/messages/generate';

describe('a model that writes edits', () => {
  const [before, now] = ['load(user);\nload(order);', 'load(user, true);\nload(order);'];
  const question = { start: 0, end: now.length, before, now, edits: [{ before: 'a', after: 'b' }] };
  const asked: { params: GenerateParams; options: object }[] = [];
  const answering = (answer: Partial<GenerateResult>): Pick<EngineClient, 'request'> => ({
    request: ((_: 'generate', params: GenerateParams, options: object) => {
      asked.push({ params, options });
      return Promise.resolve({ finish: 'endOfMiddle', tokens: [], ...answer });
    }) as unknown as EngineClient['request'],
  });
  const ask = (answer: Partial<GenerateResult>) =>
    askModel(answering(answer), { model: '/model', path: 'src/a.ts' }, question);
  const token = (logprob: number) => ({ id: 1, text: '', logprob });

  it('is asked behind everything else, for no longer than it is of use, with the lines and the edits before', async () => {
    await ask({ text: now });
    const { params, options } = asked.at(-1)!;
    assert.deepEqual(params.prompt, {
      kind: 'nextEdit',
      path: 'src/a.ts',
      edits: [{ path: 'src/a.ts', before: 'a', after: 'b' }],
      before,
      now,
    });
    assert.deepEqual(options, { priority: 'ahead', deadlineMs: 4_000, signal: undefined });
  });

  it('has written what it brings to an end, as probable as all of its tokens', async () => {
    const text = '\nload(user, true);\nload(order, true);';
    const written = await ask({ text, tokens: [token(Math.log(0.5)), token(Math.log(0.8))] });
    assert.equal(written?.text, text.slice(1));
    assert.ok(Math.abs(written.probability - 0.4) < 1e-9);
  });

  it('has written nothing where it comes to no end, or changes nothing', async () => {
    const text = '\nload(user, true);\nload(order, tr';
    for (const finish of ['length', 'deadline', 'stop'] as const) assert.equal(await ask({ text, finish }), undefined);
    assert.equal(await ask({ text: `\n${now}` }), undefined);
    assert.equal(await ask({ text: `\n${before}` }), undefined);
  });
});
