import assert from 'node:assert/strict';
import type { GenerateRequest, Generated } from '../../../../src/engine/decoder/decoder';
import { FallbackDecoder } from '../../../../src/engine/decoder/fallback';
import type { GeneratingDecoder } from '../../../../src/engine/decoder/fallback';
import { EngineError } from '../../../../src/ipc/engine/errors';

const noPause = () => Promise.resolve(undefined);

/** Writes the length of the text so far, each time; fails behind `left` tokens. */
function counting(
  left = Infinity,
  error: Error = new EngineError('runtime', 'the device was lost'),
): GeneratingDecoder & { prompts: number[][] } {
  const prompts: number[][] = [];
  return {
    prompts,
    generate: ({ prompt, maxTokens, onToken }: GenerateRequest): Promise<Generated> => {
      prompts.push(Array.from(prompt));
      const tokens = [];
      for (let at = 0; at < maxTokens; at++) {
        if (left-- <= 0) return Promise.reject(error);
        const token = { id: prompt.length + at, logprob: -1 };
        tokens.push(token);
        if (onToken?.(token) === 'stop') break;
      }
      return Promise.resolve({
        tokens,
        finish: 'length',
        reusedTokens: 0,
        prefillTokens: prompt.length,
        prefillMs: 1,
        decodeTokens: 0,
        decodeMs: 1,
      });
    },
    dispose: () => Promise.resolve(),
  };
}

describe('a decoder on an accelerator', () => {
  const request = (onToken?: GenerateRequest['onToken']): GenerateRequest => ({
    prompt: [7, 7, 7],
    maxTokens: 5,
    stopIds: new Set(),
    forbiddenIds: [],
    ...(onToken ? { onToken } : {}),
  });

  it('goes on on the processor behind what is written, and tells each token once', async () => {
    const processor = counting();
    const failures: string[] = [];
    const heard: number[] = [];
    const decoder = new FallbackDecoder(
      counting(2),
      () => Promise.resolve(processor),
      (reason) => failures.push(reason),
    );
    const { tokens } = await decoder.generate(
      request(({ id }) => {
        heard.push(id);
        return 'continue';
      }),
      noPause,
    );
    assert.deepEqual(
      tokens.map(({ id }) => id),
      [3, 4, 5, 6, 7],
    );
    assert.deepEqual(heard, [3, 4, 5, 6, 7]);
    assert.deepEqual(processor.prompts, [[7, 7, 7, 3, 4]]);
    assert.deepEqual(failures, ['the device was lost']);
    await decoder.generate(request(), noPause);
    assert.equal(processor.prompts.length, 2);
    assert.equal(failures.length, 1);
  });

  it('opens the processor’s decoder once for all requests that fail together', async () => {
    let opened = 0;
    const failures: string[] = [];
    const decoder = new FallbackDecoder(
      counting(0),
      () => {
        opened++;
        return Promise.resolve(counting());
      },
      (reason) => failures.push(reason),
    );
    await Promise.all([1, 2, 3].map(() => decoder.generate(request(), noPause)));
    assert.deepEqual([opened, failures.length], [1, 1]);
  });

  for (const error of [
    new EngineError('cancelled', 'typed on'),
    new EngineError('invalid', 'too long'),
    new Error('a fault of ours'),
  ]) {
    it(`does not take “${error.message}” for a failure of the device`, async () => {
      const decoder = new FallbackDecoder(
        counting(1, error),
        () => assert.fail('not wanted'),
        () => assert.fail('no failure'),
      );
      await assert.rejects(decoder.generate(request(), noPause), error);
    });
  }
});
