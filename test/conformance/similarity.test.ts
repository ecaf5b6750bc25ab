import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineClient } from '../../src/ipc/engine/client';
import { RoundingMemory } from '../../src/engine/encoder/roundingMemory';
import { openModelFolder } from '../../src/modelFolder/layouts/folder';
import type { EncoderFolder } from '../../src/modelFolder/layouts/types';
import type { CapturedSequence } from '../../src/ipc/engine/messages/attention';
import type { Similarity } from '../../src/ipc/engine/messages/similarity';
import { runtimeVersion } from '../../src/engine/runtime/version';
import { Tokenizer } from '../../src/modelFolder/tokenizer/tokenizer';
import { startEngine } from '../support/engine';
import { floats, readExpected, unpackFamily } from '../support/families';
import { makeFolder } from '../support/folder';
import { root } from '../support/paths';

interface Expected {
  readonly dimension: number;
  readonly texts: readonly string[];
  readonly vectors: Record<'query' | 'document', string>;
}

const sumOf = (values: Iterable<number>): number => Array.from(values).reduce((sum, value) => sum + value, 0);
const dot = (a: Float32Array, b: Float32Array): number => a.reduce((sum, value, at) => sum + value * b[at]!, 0);

/** Every token is in one segment, and every character of a token in its place. */
function assertWhole({ ids, texts, text, ranges, segments }: CapturedSequence): void {
  assert.equal(ranges.length, 2 * ids.length);
  assert.equal(texts.length, ids.length);
  assert.deepEqual(
    segments.map(({ from }) => from),
    [0, ...segments.slice(0, -1).map(({ to }) => to)],
  );
  assert.equal(segments.at(-1)?.to, ids.length);
  for (let token = 0; token < ids.length; token++)
    assert.ok(ranges[2 * token]! <= ranges[2 * token + 1]! && ranges[2 * token + 1]! <= text.length);
}

describe('why a text is alike', function () {
  let client: EngineClient;
  const cache = makeFolder();
  const roundings = new RoundingMemory(cache, runtimeVersion());
  before(() => (client = startEngine({ cache }).client));
  after(() => client.dispose());
  const compare = (model: string, question: string, code: string, around = ''): Promise<Similarity> =>
    client.request('similarity', { model, question, code, around }, { priority: 'inspect' });

  for (const name of ['bert', 'mpnet', 'roberta', 'modernbert', 't5-encoder', 'glassbox-encoder']) {
    it(`is a sum over pairs of tokens to the encoder family ${name}, and the sum is what PyTorch gives`, async () => {
      const model = await unpackFamily(name);
      // Whether products of bytes pay is a matter of the machine and of the moment, and they take vectors further from PyTorch's.
      roundings.put(((await openModelFolder(model)) as EncoderFolder).graph, false);
      const { texts, dimension, vectors } = readExpected(model) as Expected;
      const row = (values: Float32Array, at: number): Float32Array =>
        values.subarray(at * dimension, (at + 1) * dimension);
      const reference = { query: floats(vectors.query), document: floats(vectors.document) };
      let checked = 0;
      for (const [asked, question] of texts.entries()) {
        const found = (asked * 7 + 3) % texts.length;
        const code = texts[found]!;
        const wanted = dot(row(reference.query, asked), row(reference.document, found));
        if (question.trim() === '' || code.trim() === '' || wanted === 0) continue;
        const split = await compare(model, question, code);
        const own = await Promise.all(
          (['query', 'document'] as const).map(
            async (kind) =>
              (
                await client.request(
                  'embed',
                  { model, kind, texts: [kind === 'query' ? question : code] },
                  { priority: 'inspect' },
                )
              ).vectors,
          ),
        );
        assert.equal(split.pairs.length, split.question.ids.length * split.code.ids.length);
        assert.ok(Math.abs(sumOf(split.pairs) - split.score) < 1e-4, `${sumOf(split.pairs)} for ${split.score}`);
        assert.ok(Math.abs(split.score - dot(own[0]!, own[1]!)) < 1e-4, 'the score is that of the model’s own vectors');
        // Where a model's weights are bytes, its vectors are a little off PyTorch's.
        assert.ok(
          Math.abs(split.score - wanted) < (name === 'glassbox-encoder' ? 0.03 : 5e-3),
          `${split.score} for ${wanted}: ${JSON.stringify([question, code])}`,
        );
        assertWhole(split.question);
        assertWhole(split.code);
        checked++;
      }
      assert.ok(checked >= 10);
    });
  }

  it('is so to the embedded table of token vectors, pair by pair, with every token in its place', async () => {
    const model = join(root, 'models', 'search');
    const { dimension } = JSON.parse(readFileSync(join(model, 'glassbox.json'), 'utf8')) as { dimension: number };
    const table = readFileSync(join(model, 'table.bin'));
    const scales = readFileSync(join(model, 'scales.bin'));
    const tokenizer = Tokenizer.create(JSON.parse(readFileSync(join(model, 'tokenizer.json'), 'utf8')));
    // As the format says it, written once more.
    const vectorsOf = (words: readonly string[]): number[][] =>
      words
        .flatMap((word) => tokenizer.encode(word))
        .map((id) =>
          Array.from(
            { length: dimension },
            (_, at) => table.readInt8(id * dimension + at) * scales.readFloatLE(4 * id),
          ),
        );
    const question = vectorsOf(['retry', 'with', 'back', 'off']);
    const code = vectorsOf(['queue', 'run', 'wait', 'between', 'attempts', 'int', 'count']);
    const total = (vectors: readonly number[][]): number =>
      Math.hypot(...Array.from({ length: dimension }, (_, at) => sumOf(vectors.map((vector) => vector[at]!))));
    const scale = 1 / (total(question) * total(code));
    const expected = question.flatMap((a) => code.map((b) => scale * sumOf(a.map((value, at) => value * b[at]!))));

    const split = await compare(model, 'retry with back-off?', 'waitBetweenAttempts(int count)', 'Queue run');
    assert.deepEqual([split.question.ids.length, split.code.ids.length], [question.length, code.length]);
    assert.ok(expected.every((value, at) => Math.abs(value - split.pairs[at]!) < 1e-6));
    assert.ok(Math.abs(sumOf(expected) - split.score) < 1e-6);
    assertWhole(split.code);
    assert.deepEqual(
      split.code.segments.map(({ kind, start, end }) => [kind, split.code.text.slice(start, end)]),
      [
        ['around', 'Queue run\n'],
        ['text', 'waitBetweenAttempts(int count)'],
      ],
    );
    const { ids, ranges, text } = split.code;
    const own = Array.from(
      ids,
      (id, at) => [tokenizer.decode([id]), text.slice(ranges[2 * at], ranges[2 * at + 1]).toLowerCase()] as const,
    );
    assert.ok(
      own.every(([token, place]) => token === place),
      JSON.stringify(own),
    );
  });

  it('is not to be said of nothing, nor of what is no encoder', async () => {
    const table = join(root, 'models', 'search');
    await assert.rejects(compare(table, '(((', 'code'), /nothing in the question/);
    await assert.rejects(compare(table, 'word '.repeat(4_000), 'name '.repeat(1_000)), /so many pairs/);
    await assert.rejects(compare(join(root, 'models', 'decoder'), 'a', 'b'), /is not an encoder/);
  });
});
