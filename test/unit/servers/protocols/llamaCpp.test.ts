import assert from 'node:assert/strict';
import { infill, propertiesOf, warmUp } from '../../../../src/servers/protocols/llamaCpp';
import type { FillRequest } from '../../../../src/servers/protocols/types';

const request: FillRequest = {
  model: 'm',
  path: 'src/a.ts',
  context: [{ path: 'src/b.ts', text: 'export const b = 1;' }],
  prefix: 'const a = 1;\nreturn ',
  suffix: ';\n',
  maxTokens: 32,
  stop: ['\n'],
  likeliest: 3,
};

describe('servers/protocols/llamaCpp', () => {
  it('leaves the prompt to the server, with the line of the cursor behind the mark of the middle', () => {
    assert.deepEqual(infill.request(request), {
      path: '/infill',
      body: {
        model: 'm',
        input_prefix: 'const a = 1;\n',
        prompt: 'return ',
        input_suffix: ';\n',
        input_extra: [{ filename: 'src/b.ts', text: 'export const b = 1;' }],
        n_predict: 32,
        stop: ['\n'],
        stream: true,
        cache_prompt: true,
        temperature: 0,
        samplers: ['temperature'],
        n_probs: 3,
      },
    });
  });

  it('joins prefix and prompt to what stands before the cursor, whatever that is', () => {
    for (const prefix of ['', 'a', 'a\n', '\n', 'a\nb', 'a\r\nb']) {
      const { input_prefix, prompt } = infill.request({ ...request, prefix }).body as Record<string, string>;
      assert.equal(`${input_prefix}${prompt}`, prefix);
      assert.ok(!prompt?.includes('\n'));
    }
  });

  it('warms up with the same prompt and nothing to write', () => {
    const { path, body } = warmUp(request);
    const { n_probs, ...rest } = infill.request(request).body as Record<string, unknown>;
    assert.deepEqual([path, n_probs], ['/infill', 3]);
    assert.deepEqual(body, { ...rest, n_predict: 0 });
  });

  it('reads pieces with their probabilities, and counts at the end', () => {
    const top = [
      { id: 1, token: 'a', bytes: [97], logprob: -0.1 },
      { id: 2, token: 'b', bytes: [98], logprob: -3 },
    ];
    const probabilities = [{ ...top[0], top_logprobs: top }];
    const event = { content: 'a', stop: false, tokens_evaluated: 50, tokens_predicted: 1 };
    assert.deepEqual(infill.piece({ ...event, completion_probabilities: probabilities }), {
      text: 'a',
      usage: { promptTokens: 50, writtenTokens: 1 },
      tokens: [
        {
          text: 'a',
          logprob: -0.1,
          likeliest: [
            { text: 'a', logprob: -0.1 },
            { text: 'b', logprob: -3 },
          ],
        },
      ],
    });
    const end = {
      content: '',
      stop: true,
      stop_type: 'limit',
      tokens_predicted: 32,
      tokens_evaluated: 50,
      timings: { cache_n: 40 },
    };
    assert.deepEqual(infill.piece(end), {
      text: '',
      tokens: [],
      finish: 'length',
      usage: { promptTokens: 50, writtenTokens: 32, cachedTokens: 40 },
    });
  });

  it('knows its own properties, and nobody else’s', () => {
    const answer = {
      default_generation_settings: { n_ctx: 1024 },
      total_slots: 2,
      model_path: '/m.gguf',
    };
    assert.deepEqual(propertiesOf(answer), { contextLength: 1024, slots: 2, model: '/m.gguf' });
    for (const other of [undefined, null, [], {}, { default_generation_settings: [] }, 'props'])
      assert.equal(propertiesOf(other), undefined);
  });
});
