import assert from 'node:assert/strict';
import type { ServerError } from '../../../../src/servers/errors';
import { completionPiece, completions, fimCompletions } from '../../../../src/servers/protocols/completions';
import type { FillRequest } from '../../../../src/servers/protocols/types';

const request: FillRequest = {
  model: 'm',
  path: 'a.ts',
  context: [],
  prefix: 'return ',
  suffix: ';\n',
  maxTokens: 32,
  stop: ['\n'],
  likeliest: 2,
};

describe('servers/protocols/completions', () => {
  it('writes the fill-in-the-middle text into the prompt, and never sends a suffix', () => {
    const { path, body } = completions.request({ ...request, spelling: 'qwen' });
    const { stop, ...rest } = body as { stop: string[] };
    assert.equal(path, '/v1/completions');
    assert.deepEqual(rest, {
      model: 'm',
      max_tokens: 32,
      temperature: 0,
      stream: true,
      logprobs: 2,
      prompt: '<|fim_prefix|>return <|fim_suffix|>;\n<|fim_middle|>',
    });
    assert.equal(stop[0], '\n');
    assert.ok(stop.includes('<|fim_middle|>') && stop.includes('<|endoftext|>') && stop.length <= 16);
  });

  it('goes on from the prefix where no spelling is known', () => {
    const { body } = completions.request(request);
    assert.equal((body as { prompt: string }).prompt, 'return ');
  });

  it('sends both parts where the server writes the prompt', () => {
    assert.deepEqual(fimCompletions.request(request), {
      path: '/v1/fim/completions',
      body: {
        model: 'm',
        max_tokens: 32,
        temperature: 0,
        stream: true,
        prompt: 'return ',
        suffix: ';\n',
        stop: ['\n'],
      },
    });
  });

  it('names no texts to stop at where there are none', () => {
    for (const protocol of [completions, fimCompletions])
      assert.ok(!('stop' in protocol.request({ ...request, stop: [] }).body));
  });

  it('reads probabilities in lists side by side, as vLLM writes them', () => {
    const choice = {
      index: 0,
      text: 'ab',
      finish_reason: null,
      logprobs: {
        text_offset: [0, 1],
        tokens: ['a', 'b'],
        token_logprobs: [null, -0.5],
        top_logprobs: [null, { c: -2, b: -0.5 }],
      },
    };
    assert.deepEqual(completionPiece({ id: 'x', choices: [choice], usage: null }), {
      text: 'ab',
      tokens: [
        { text: 'a', likeliest: [] },
        {
          text: 'b',
          logprob: -0.5,
          likeliest: [
            { text: 'b', logprob: -0.5 },
            { text: 'c', logprob: -2 },
          ],
        },
      ],
    });
  });

  it('reads probabilities token by token, as llama.cpp and chats write them', () => {
    const content = [{ token: 'a', bytes: [97], logprob: 0.0001, top_logprobs: [] }];
    const piece = completionPiece({ choices: [{ index: 0, delta: { content: 'a' }, logprobs: { content } }] });
    // What rounding puts above a probability of 1 is 1.
    assert.deepEqual(piece, { text: 'a', tokens: [{ text: 'a', logprob: 0, likeliest: [] }] });
  });

  it('reads ends, counts, and events without a text', () => {
    const finish = (reason: string) =>
      completionPiece({ choices: [{ index: 0, text: '', finish_reason: reason }] })?.finish;
    assert.deepEqual(['stop', 'length', 'eos_token'].map(finish), ['stop', 'length', 'stop']);
    assert.equal(completionPiece({ choices: [] }), undefined);
    const usage = { prompt_tokens: 9, completion_tokens: 4, prompt_tokens_details: { cached_tokens: 8 } };
    assert.deepEqual(completionPiece({ choices: [], usage }), {
      text: '',
      tokens: [],
      usage: { promptTokens: 9, writtenTokens: 4, cachedTokens: 8 },
    });
    assert.deepEqual(completionPiece({ choices: [{ index: 1, text: 'the second' }] }), undefined);
    // A model that thinks aloud.
    assert.equal(completionPiece({ choices: [{ delta: { reasoning_content: 'hm', content: null } }] })?.text, '');
  });

  const wrong: readonly (readonly [unknown, ServerError['code']])[] = [
    [{ error: { message: 'out of memory' } }, 'failed'],
    [{ error: 'out of memory' }, 'failed'],
    [{ object: 'error', choices: 'none' }, 'invalid'],
    [{ choices: [{ index: 0, text: 1 }] }, 'invalid'],
    [{ choices: [{ index: 0, text: 'a', logprobs: { tokens: ['a'], token_logprobs: [Infinity] } }] }, 'invalid'],
    [{ choices: [{ index: 0, text: 'a'.repeat(100_000) }] }, 'invalid'],
    [null, 'invalid'],
    ['text', 'invalid'],
    [[], 'invalid'],
  ];
  for (const [event, code] of wrong) {
    it(`refuses ${JSON.stringify(event).slice(0, 60)} as ${code}`, () => {
      assert.throws(
        () => completionPiece(event),
        (error: ServerError) => error.code === code,
      );
    });
  }
});
