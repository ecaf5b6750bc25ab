import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { batch } from '../../../src/cli/batch';
import type { EngineClient } from '../../../src/ipc/engine/client';
import { EngineError } from '../../../src/ipc/engine/errors';
import type { CompleteParams, CompleteResult } from '../../../src/ipc/engine/protocol';

const options = {
  model: '/model',
  threads: 0,
  device: 'auto',
  mode: 'line',
  copying: true,
  maxTokens: undefined,
} as const;
const timings = { tokenizeMs: 1, reusedTokens: 2, prefillTokens: 3, prefillMs: 4, decodeTokens: 5, decodeMs: 6 };

/** Runs lines through a batch whose engine answers by a function. @returns the lines written, parsed */
async function run(lines: string[], answer: (params: CompleteParams) => string, more = {}) {
  const written: unknown[] = [];
  const request = (_method: string, params: CompleteParams): Promise<Partial<CompleteResult>> =>
    Promise.resolve().then(() => ({ text: answer(params), logprob: -1, confidence: 0.4, timings }));
  const engine = { request } as unknown as Pick<EngineClient, 'request'>;
  await batch(engine, { ...options, ...more }, Readable.from(lines.map((line) => `${line}\n`)), async (line) => {
    await Promise.resolve();
    written.push(JSON.parse(line));
  });
  return written;
}

const task = (id: number, prefix: string, more = {}) =>
  JSON.stringify({ id, prefix, suffix: '', path: 'a.ts', mode: 'line', ...more });

describe('complete --batch', () => {
  it('answers every line, in order, with exactly what was promised', async () => {
    assert.deepEqual(await run([task(1, 'let a'), task(2, 'let b')], ({ prefix }) => ` = ${prefix.at(-1) ?? ''};`), [
      { id: 1, text: ' = a;', logprob: -1, confidence: 0.4, timings },
      { id: 2, text: ' = b;', logprob: -1, confidence: 0.4, timings },
    ]);
  });

  it('asks for what the line says', async () => {
    let asked: CompleteParams | undefined;
    await run(
      [task(1, 'a\r\nb', { suffix: ')\r\nc', path: 'src/b.py', mode: 'block' })],
      (params) => {
        asked = params;
        return '';
      },
      { maxTokens: 7 },
    );
    assert.deepEqual(asked, {
      model: '/model',
      path: 'src/b.py',
      context: [],
      prefix: 'a\nb',
      suffix: ')\nc',
      mode: 'block',
      maxTokens: 7,
      neighbours: [],
    });
  });

  it('gives the text that the editor would show, and says what it takes the place of', async () => {
    const [answer] = (await run([task(1, 'log(', { suffix: ')\n' })], () => 'value);')) as [
      { text: string; replaces: number },
    ];
    assert.deepEqual([answer.text, answer.replaces], ['value);', 1]);
  });

  it('says why the editor would show nothing', async () => {
    assert.deepEqual(await run([task(1, '')], () => '  '), [
      { id: 1, text: '', logprob: -1, confidence: 0.4, timings, reason: 'onlyWhitespace' },
    ]);
  });

  it('answers a bad line as such and goes on', async () => {
    const lines = [
      '{',
      '[]',
      '"x"',
      '{"id":3}',
      '{"id":[],"prefix":""}',
      task(6, '\0'),
      '',
      task(8, 'ok', { mode: 'page' }),
      task(9, 'ok'),
    ];
    const answers = (await run(lines, () => 'fine')) as {
      id: unknown;
      text?: string;
      error?: { code: string; message: string };
    }[];
    assert.deepEqual(
      answers.map(({ id, text, error }) => [id, text ?? error?.code]),
      [
        [null, 'invalid'],
        [null, 'invalid'],
        [null, 'invalid'],
        [3, 'invalid'],
        [null, 'invalid'],
        [6, 'invalid'],
        [8, 'invalid'],
        [9, 'fine'],
      ],
    );
    for (const { error } of answers) if (error !== undefined) assert.match(error.message, /^The line.*\.$/);
  });

  it('answers a failure of the engine as such and goes on', async () => {
    const answers = (await run([task(1, 'bad'), task(2, 'good')], ({ prefix }) => {
      if (prefix === 'bad') throw new EngineError('engineDied', 'The engine ended twice.');
      return 'x';
    })) as { id: number }[];
    assert.deepEqual(answers[0], { id: 1, error: { code: 'engineDied', message: 'The engine ended twice.' } });
    assert.equal(answers[1]?.id, 2);
  });
});
