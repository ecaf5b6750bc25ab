import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar';
import { Capture } from '../../src/engine/attention/capture';
import { DecoderAttention } from '../../src/engine/attention/decoderAttention';
import type { AttentionModel } from '../../src/engine/attention/model';
import { logprobsOf } from '../../src/engine/attention/model';
import { openAttention } from '../../src/engine/attention/open';
import { openDecoderReader } from '../../src/engine/attention/openDecoder';
import type { StackData } from '../../src/engine/attention/stack';
import { openDecoderFolder } from '../../src/engine/models/folder';
import type { CaptureSubject } from '../../src/engine/protocol/attention';
import { root } from '../support/paths';

const noPause = () => Promise.resolve(undefined);

/** [layers, heads, queries, keys], bytes in base64. */
interface Weights {
  readonly shape: readonly [number, number, number, number];
  readonly data: string;
}

async function captured(model: AttentionModel, subject: CaptureSubject): Promise<Capture> {
  const plan = model.plan(subject);
  const capture = new Capture(1, model.path, plan, plan.stacks.map(({ layers }) => Array.from({ length: layers }, () => true)));
  await model.fill(capture, noPause, () => undefined);
  return capture;
}

/** The largest difference of a byte in any head. */
function largestStep(stack: StackData, { shape: [layers, heads, rows, columns], data }: Weights): number {
  const expected = Buffer.from(data, 'base64');
  assert.deepEqual([stack.shape.layers, stack.shape.heads, stack.done, stack.shape.columns], [layers, heads, rows, columns]);
  let largest = 0;
  for (let at = 0; at < expected.length; at++) {
    const [column, row, head] = [at % columns, Math.floor(at / columns) % rows, Math.floor(at / columns / rows)];
    const byte = stack.map(Math.floor(head / heads), head % heads)!.at(row, column);
    largest = Math.max(largest, Math.abs(byte - expected[at]!));
  }
  return largest;
}

const prompt = (ids: readonly number[]): CaptureSubject => ({ kind: 'prompt', promptIds: Int32Array.from(ids.slice(0, 1)), generatedIds: Int32Array.from(ids.slice(1)) });

function checkLogprobs(capture: Capture, expected: readonly number[]): void {
  for (const [at, logprob] of expected.entries()) assert.ok(Math.abs(capture.logprobs[at + 1]! - logprob) < 2e-3, `token ${at + 1}: ${capture.logprobs[at + 1]} instead of ${logprob}`);
}

describe('attention: against PyTorch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-attention-'));
  after(() => rmSync(folder, { recursive: true }));
  async function unpack(name: string): Promise<string> {
    const path = join(folder, name);
    mkdirSync(path);
    await extract({ file: join(root, `test/fixtures/attention/${name}.tar.gz`), cwd: path });
    return path;
  }
  const expectedOf = (path: string) => JSON.parse(readFileSync(join(path, 'expected.json'), 'utf8')) as { ids: number[]; source?: number[]; logprobs: number[] } & Record<'decoder' | 'encoder' | 'cross', Weights>;

  for (const name of ['llama', 'qwen2', 'starcoder2', 'gpt2']) {
    it(`${name}: every head is within a step of 1/255, and rows sum to 1`, async () => {
      const path = await unpack(name);
      const expected = expectedOf(path);
      const model = await DecoderAttention.open(path, { threads: 1 });
      const capture = await captured(model, prompt(expected.ids));
      const largest = largestStep(capture.stacks[0]!, expected.decoder);
      console.log(`      ${model.plan(prompt(expected.ids)).way}: largest difference ${largest}/255`);
      assert.ok(largest <= 1);
      checkLogprobs(capture, expected.logprobs);
      assert.ok(capture.stacks[0]!.valueWeighted, 'the matrix behind attention is found');

      const { reader } = await openDecoderReader(await openDecoderFolder(path), { threads: 1 });
      for await (const run of reader.read(Int32Array.from(expected.ids), { from: 0 }, noPause)) {
        for (const weights of run.weights) {
          for (let row = 0; row < weights.length / run.columns; row++) {
            const sum = weights.subarray(row * run.columns, (row + 1) * run.columns).reduce((total, weight) => total + weight, 0);
            assert.ok(Math.abs(sum - 1) <= 1e-3, `${name}: a row sums to ${sum}`);
          }
        }
      }
      await reader.dispose();
    });
  }

  /** Every byte is a token there: bytes that are no UTF-8 stand for themselves in no text, so ids are put in place. */
  async function withIds(path: string, ids: readonly (readonly number[])[]): Promise<Capture> {
    const model = await openAttention(path, { threads: 1 });
    const plan = model.plan({ kind: 'text', text: 'a', target: 'a' });
    const sequences = plan.sequences.map((sequence, at) => ({ ...sequence, ids: Int32Array.from(ids[at]!) }));
    const lengthOf = (at: number) => sequences[at]!.ids.length;
    const stacks = plan.stacks.map((stack) => ({ ...stack, rows: lengthOf(stack.queries), columns: lengthOf(stack.keys) }));
    const capture = new Capture(1, path, { ...plan, sequences, stacks }, stacks.map(({ layers }) => Array.from({ length: layers }, () => true)));
    await model.fill(capture, noPause, () => undefined);
    return capture;
  }

  it('bert: every head is within a step of 1/255', async () => {
    const path = await unpack('bert');
    const expected = expectedOf(path);
    const capture = await withIds(path, [expected.ids]);
    assert.deepEqual(capture.describe().stacks.map(({ kind, causal, valueWeighted }) => [kind, causal, valueWeighted]), [['encoder', false, true]]);
    assert.ok(largestStep(capture.stacks[0]!, expected.encoder) <= 1);
  });

  it('t5: every head is within a step of 1/255, of the encoder, of the decoder and across', async () => {
    const path = await unpack('t5');
    const expected = expectedOf(path);
    const capture = await withIds(path, [expected.source!, expected.ids]);
    assert.deepEqual(capture.describe().stacks.map(({ kind, queries, keys, causal }) => [kind, queries, keys, causal]), [['encoder', 0, 0, false], ['decoder', 1, 1, true], ['cross', 1, 0, false]]);
    for (const [at, kind] of (['encoder', 'decoder', 'cross'] as const).entries()) assert.ok(largestStep(capture.stacks[at]!, expected[kind]) <= 1, kind);
  });

  describe('the embedded decoder', () => {
    const fixture = JSON.parse(readFileSync(join(root, 'test/fixtures/model/attention.json'), 'utf8')) as { model: string; ids: number[]; shape: Weights['shape']; weights: string; logprobs: number[] };
    const path = join(root, 'models/decoder');

    it('is the one whose weights were written down (models/training/fixtures.py attention)', () => {
      assert.equal(createHash('sha256').update(readFileSync(join(path, 'model.onnx'))).digest('hex'), fixture.model);
    });

    it('every head is within a step of 1/255 where activations are not rounded', async () => {
      const model = await DecoderAttention.open(path, { threads: 1, exact: true });
      const capture = await captured(model, prompt(fixture.ids));
      const largest = largestStep(capture.stacks[0]!, { shape: fixture.shape, data: fixture.weights });
      console.log(`      ${fixture.ids.length} tokens: largest difference ${largest}/255`);
      assert.ok(largest <= 1);
      checkLogprobs(capture, fixture.logprobs);
    });

    it('hiding tokens is leaving them out of the softmax', async () => {
      const model = await DecoderAttention.open(path, { threads: 1, exact: true });
      const capture = await captured(model, prompt(fixture.ids));
      const last = fixture.ids.length;
      const hidden = { from: last - 12, to: last - 8 };
      const span = { from: last - 3, to: last };
      const plain = await logprobsOf(model, capture, span, noPause);
      const without = await logprobsOf(model, capture, span, noPause, hidden);
      const again = await logprobsOf(model, capture, span, noPause);
      assert.deepEqual([...again], [...plain], 'what was hidden once is in view again');
      assert.ok(without.some((logprob, at) => Math.abs(logprob - plain[at]!) > 1e-3));
      for (const [at, logprob] of plain.entries()) assert.ok(Math.abs(logprob - fixture.logprobs[span.from + at - 1]!) < 2e-3);
    });
  });
});
