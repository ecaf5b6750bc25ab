import assert from 'node:assert/strict';
import { askJudge } from '../../../../../src/features/nextEdit/judged/askJudge';
import type { EngineClient } from '../../../../../src/ipc/engine/client';
import { EngineError } from '../../../../../src/ipc/engine/errors';
import type { ErrorCode } from '../../../../../src/ipc/engine/protocol';
import type { LikelihoodParams, TextLikelihood } from '../../../../../src/ipc/engine/messages/likelihood';

describe('a model that judges edits', () => {
  const texts = { before: 'a\n', old: 'load(x)', now: 'load(x, true)', behind: '\nb' };
  const likelihood = (logprob: number): TextLikelihood => ({ logprob, tokens: 2, followed: -1, followingTokens: 8 });
  const asked: { params: LikelihoodParams; options: object }[] = [];
  const engine = (answer: (params: LikelihoodParams) => ErrorCode | number): Pick<EngineClient, 'request'> => ({
    request: ((_: 'likelihood', params: LikelihoodParams, options: object) => {
      asked.push({ params, options });
      const said = answer(params);
      return typeof said === 'number'
        ? Promise.resolve({ texts: [likelihood(said - 1), likelihood(said)] })
        : Promise.reject(new EngineError(said, 'Not now.'));
    }) as unknown as EngineClient['request'],
  });

  it('is asked for the old and the new text, behind everything else, for no longer than it is of use', async () => {
    asked.length = 0;
    const { signal } = new AbortController();
    const judged = await askJudge(
      engine(() => -3),
      { model: '/model', signal },
      [texts],
    );
    assert.deepEqual(judged, [{ old: likelihood(-4), now: likelihood(-3) }]);
    const { before, old, now, behind } = texts;
    assert.deepEqual(asked, [
      {
        params: { model: '/model', before, texts: [old, now], behind },
        options: { priority: 'ahead', deadlineMs: 3_000, signal },
      },
    ]);
  });

  it('says nothing of places that there is no text of, and is not asked about them', async () => {
    asked.length = 0;
    assert.deepEqual(
      await askJudge(
        engine(() => -3),
        { model: '/model' },
        [undefined],
      ),
      [undefined],
    );
    assert.deepEqual(asked, []);
  });

  it('says what it could in time', async () => {
    const late = engine(({ before }) => (before === 'late' ? 'deadline' : -2));
    const judged = await askJudge(late, { model: '/model' }, [{ ...texts, before: 'late' }, texts]);
    assert.deepEqual(judged, [undefined, { old: likelihood(-3), now: likelihood(-2) }]);
  });

  it('fails where it cannot be asked, or is no longer', async () => {
    for (const code of ['cancelled', 'modelMissing', 'engineStopped'] as const)
      await assert.rejects(
        askJudge(
          engine(() => code),
          { model: '/model' },
          [texts],
        ),
        { code },
      );
  });
});
