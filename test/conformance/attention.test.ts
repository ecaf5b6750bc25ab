import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar';
import { Capture } from '../../src/attention/capture';
import { assembleDecoder } from '../../src/engine/assemble/decoder';
import { DecoderAttention } from '../../src/engine/attention/decoderAttention';
import type { AttentionModel } from '../../src/attention/model';
import { logprobsOf } from '../../src/attention/model';
import { openAttention } from '../../src/engine/attention/open';
import { openDecoderReader } from '../../src/engine/attention/openDecoder';
import { GraphReader } from '../../src/engine/attention/graphReader';
import { quantize } from '../../src/attention/quantize';
import type { StackData } from '../../src/attention/stack';
import { WeightSummary } from '../../src/attention/summary';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import type { CaptureSubject } from '../../src/ipc/engine/messages/attention';
import { floats, unpackFamily } from '../support/families';
import { root } from '../support/paths';

const noPause = () => Promise.resolve(undefined);

/** [layers, heads, queries, keys], bytes in base64. */
interface Weights {
  readonly shape: readonly [number, number, number, number];
  readonly data: string;
  /** Floats [layers, heads, keys], and bytes [layers, queries, keys]. */
  readonly norms: string;
  readonly valueWeighted: string;
}

async function captured(model: AttentionModel, subject: CaptureSubject): Promise<Capture> {
  const plan = model.plan(subject);
  const capture = new Capture(
    1,
    model.path,
    plan,
    plan.stacks.map(({ layers }) => Array.from({ length: layers }, () => true)),
  );
  await model.fill(capture, noPause, () => undefined);
  return capture;
}

/** The largest difference of a byte in any head. */
function largestStep(
  stack: StackData,
  { shape: [layers, heads, rows, columns], data }: Pick<Weights, 'shape' | 'data'>,
): number {
  const expected = Buffer.from(data, 'base64');
  assert.deepEqual(
    [stack.shape.layers, stack.shape.heads, stack.done, stack.shape.columns],
    [layers, heads, rows, columns],
  );
  let largest = 0;
  for (let at = 0; at < expected.length; at++) {
    const [column, row, head] = [at % columns, Math.floor(at / columns) % rows, Math.floor(at / columns / rows)];
    const byte = stack.map(Math.floor(head / heads), head % heads)!.at(row, column);
    largest = Math.max(largest, Math.abs(byte - expected[at]!));
  }
  return largest;
}

/** What values amount to behind attention, head by head, and the rows that are weighted by it. */
function checkValues(stack: StackData, { shape: [layers, , rows, columns], norms, valueWeighted }: Weights): void {
  const expected = floats(norms);
  const most = expected.reduce((a, b) => Math.max(a, b));
  assert.equal(stack.valueNorms?.length, expected.length);
  for (const [at, norm] of expected.entries())
    assert.ok(
      Math.abs(stack.valueNorms[at]! - norm) <= 1e-4 * most,
      `norm ${at}: ${stack.valueNorms[at]} instead of ${norm}`,
    );
  const bytes = Buffer.from(valueWeighted, 'base64');
  for (let layer = 0; layer < layers; layer++) {
    const summary = new WeightSummary(stack, { layer, heads: 'value-weighted' });
    for (let row = 0; row < rows; row++) {
      const found = summary.reads({ from: row, to: row + 1 }, false);
      for (let column = 0; column < columns; column++) {
        const [byte, wanted] = [quantize(found[column]!), bytes[(layer * rows + row) * columns + column]!];
        assert.ok(
          Math.abs(byte - wanted) <= 1,
          `layer ${layer}, ${row} → ${column}: ${byte}/255 instead of ${wanted}/255`,
        );
      }
    }
  }
}

function checkSums(weights: Float32Array, columns: number): void {
  for (let at = 0; at < weights.length; at += columns) {
    const sum = weights.subarray(at, at + columns).reduce((total, weight) => total + weight, 0);
    assert.ok(Math.abs(sum - 1) <= 1e-3, `a row sums to ${sum}`);
  }
}

const prompt = (ids: readonly number[]): CaptureSubject => ({
  kind: 'prompt',
  promptIds: Int32Array.from(ids.slice(0, 1)),
  generatedIds: Int32Array.from(ids.slice(1)),
});

function checkLogprobs(capture: Capture, expected: readonly number[]): void {
  for (const [at, logprob] of expected.entries())
    assert.ok(
      Math.abs(capture.logprobs[at + 1]! - logprob) < 2e-3,
      `token ${at + 1}: ${capture.logprobs[at + 1]} instead of ${logprob}`,
    );
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
  const expectedOf = (path: string) =>
    JSON.parse(readFileSync(join(path, 'expected.json'), 'utf8')) as {
      ids: number[];
      source?: number[];
      logprobs: number[];
    } & Record<'decoder' | 'encoder' | 'cross', Weights>;

  for (const name of ['llama', 'qwen2', 'starcoder2', 'gpt2']) {
    it(`${name}: every head is within a step of 1/255, weighted by values too, and rows sum to 1`, async () => {
      const path = await unpack(name);
      const expected = expectedOf(path);
      const model = await DecoderAttention.open(path, { threads: 1 });
      const capture = await captured(model, prompt(expected.ids));
      const largest = largestStep(capture.stacks[0]!, expected.decoder);
      console.log(`      ${model.plan(prompt(expected.ids)).way}: largest difference ${largest}/255`);
      assert.ok(largest <= 1);
      checkLogprobs(capture, expected.logprobs);
      checkValues(capture.stacks[0]!, expected.decoder);

      const { reader } = await openDecoderReader(await openDecoderFolder(path), { threads: 1 });
      for await (const run of reader.read(Int32Array.from(expected.ids), { from: 0 }, noPause)) {
        for (const weights of run.weights) checkSums(weights, run.columns);
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
    const stacks = plan.stacks.map((stack) => ({
      ...stack,
      rows: lengthOf(stack.queries),
      columns: lengthOf(stack.keys),
    }));
    const capture = new Capture(
      1,
      path,
      { ...plan, sequences, stacks },
      stacks.map(({ layers }) => Array.from({ length: layers }, () => true)),
    );
    await model.fill(capture, noPause, () => undefined);
    return capture;
  }

  it('bert: every head is within a step of 1/255, weighted by values too, and rows sum to 1', async () => {
    const path = await unpack('bert');
    const expected = expectedOf(path);
    const capture = await withIds(path, [expected.ids]);
    assert.deepEqual(
      capture.describe().stacks.map(({ kind, causal, valueWeighted }) => [kind, causal, valueWeighted]),
      [['encoder', false, true]],
    );
    assert.ok(largestStep(capture.stacks[0]!, expected.encoder) <= 1);
    checkValues(capture.stacks[0]!, expected.encoder);
    const input = { ids: Int32Array.from(expected.ids) };
    const reader = await GraphReader.open(join(path, 'onnx/model.onnx'), input, { threads: 1 });
    for (const { weights, columns } of (await reader.run(input)).sites) checkSums(weights, columns);
    await reader.dispose();
  });

  it('t5: every head is within a step of 1/255, of the encoder, of the decoder and across, weighted by values too, and rows sum to 1', async () => {
    const path = await unpack('t5');
    const expected = expectedOf(path);
    const capture = await withIds(path, [expected.source!, expected.ids]);
    assert.deepEqual(
      capture.describe().stacks.map(({ kind, queries, keys, causal }) => [kind, queries, keys, causal]),
      [
        ['encoder', 0, 0, false],
        ['decoder', 1, 1, true],
        ['cross', 1, 0, false],
      ],
    );
    for (const [at, kind] of (['encoder', 'decoder', 'cross'] as const).entries()) {
      assert.ok(largestStep(capture.stacks[at]!, expected[kind]) <= 1, kind);
      checkValues(capture.stacks[at]!, expected[kind]);
    }
    const source = { ids: Int32Array.from(expected.source!) };
    const encoder = await GraphReader.open(join(path, 'onnx/encoder_model.onnx'), source, { threads: 1 });
    const encoded = await encoder.run(source);
    const target = {
      ids: Int32Array.from(expected.ids),
      encoded: { hidden: encoded.result, tokens: source.ids.length },
    };
    const decoder = await GraphReader.open(join(path, 'onnx/decoder_model.onnx'), target, { threads: 1 });
    for (const { weights, columns } of [...encoded.sites, ...(await decoder.run(target)).sites])
      checkSums(weights, columns);
    await Promise.all([encoder.dispose(), decoder.dispose()]);
    rmSync(join(path, 'onnx/decoder_model.onnx'));
    await assert.rejects(openAttention(path, { threads: 1 }), /has no onnx\/decoder_model\.onnx/);
  });

  describe('the embedded decoder', () => {
    const fixture = JSON.parse(readFileSync(join(root, 'test/fixtures/model/attention.json'), 'utf8')) as {
      model: string;
      ids: number[];
      shape: Weights['shape'];
      weights: string;
      logprobs: number[];
    };
    const path = join(root, 'models/decoder');

    it('is the one whose weights were written down (models/training/export/write_fixtures.py attention)', () => {
      assert.equal(
        createHash('sha256')
          .update(readFileSync(join(path, 'model.onnx')))
          .digest('hex'),
        fixture.model,
      );
    });

    it('every head is within a step of 1/255 where activations are not rounded', async () => {
      const model = await DecoderAttention.open(path, { threads: 1, exact: true });
      const capture = await captured(model, prompt(fixture.ids));
      const largest = largestStep(capture.stacks[0]!, { shape: fixture.shape, data: fixture.weights });
      console.log(`      ${fixture.ids.length} tokens: largest difference ${largest}/255`);
      assert.ok(largest <= 1);
      checkLogprobs(capture, fixture.logprobs);
    });

    it('values amount to what they do in PyTorch behind attention, and rows are weighted by it', async () => {
      const { shape, norms } = JSON.parse(readFileSync(join(root, 'test/fixtures/model/values.json'), 'utf8')) as {
        shape: [number, number, number];
        norms: string;
      };
      const [layers, heads, tokens] = shape;
      assert.deepEqual([layers, heads, tokens], fixture.shape.slice(0, 3));
      const model = await DecoderAttention.open(path, { threads: 1, exact: true });
      const stack = (await captured(model, prompt(fixture.ids))).stacks[0]!;
      const expected = floats(norms);
      const most = expected.reduce((a, b) => Math.max(a, b));
      assert.equal(stack.valueNorms?.length, expected.length);
      const largest = expected.reduce((found, norm, at) => Math.max(found, Math.abs(stack.valueNorms![at]! - norm)), 0);
      console.log(`      largest difference ${(largest / most).toExponential(1)} of the largest value`);
      assert.ok(largest <= 1e-3 * most);
      // Rows as their definition makes them of PyTorch's own weights and norms.
      const bytes = Buffer.from(fixture.weights, 'base64');
      const weightAt = (layer: number, head: number, row: number, column: number): number =>
        (bytes[((layer * heads + head) * tokens + row) * tokens + column]! / 255) ** 2;
      for (let layer = 0; layer < layers; layer++) {
        const summary = new WeightSummary(stack, { layer, heads: 'value-weighted' });
        for (const row of [1, tokens >> 1, tokens - 1]) {
          const wanted = Array.from({ length: row + 1 }, (_, column) =>
            Array.from(
              { length: heads },
              (__, head) => weightAt(layer, head, row, column) * expected[(layer * heads + head) * tokens + column]!,
            ).reduce((sum, value) => sum + value, 0),
          );
          const total = wanted.reduce((sum, value) => sum + value, 0);
          const found = summary.reads({ from: row, to: row + 1 }, false);
          for (const [column, value] of wanted.entries())
            assert.ok(
              Math.abs(found[column]! - value / total) <= 2 / 255,
              `layer ${layer}, ${row} → ${column}: ${found[column]} instead of ${value / total}`,
            );
        }
      }
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
      for (const [at, logprob] of plain.entries())
        assert.ok(Math.abs(logprob - fixture.logprobs[span.from + at - 1]!) < 2e-3);
    });
  });

  it('values amount to the same behind matrices of 4 bits with offsets, whose rows have sums behind them', async () => {
    const gguf = join(await unpackFamily('gguf-llama'), 'model.gguf');
    const place = mkdtempSync(join(tmpdir(), 'glassbox-offsets-'));
    try {
      const norms = [];
      for (const precision of ['float32', 'asStored'] as const) {
        const folder = join(place, precision);
        await assembleDecoder({ from: gguf, folder, block: 32, precision, log: () => undefined });
        const model = await DecoderAttention.open(folder, { threads: 1, exact: true });
        const ids = Array.from({ length: 24 }, (_, at) => (at * 37 + 5) % 250);
        norms.push((await captured(model, prompt(ids))).stacks[0]!.valueNorms!);
        await model.dispose();
      }
      const [exact, kept] = norms as [Float32Array, Float32Array];
      const most = exact.reduce((a, b) => Math.max(a, b));
      assert.ok(most > 0 && kept.length === exact.length);
      for (const [at, norm] of exact.entries())
        assert.ok(Math.abs(norm - kept[at]!) <= 1e-3 * most, `${kept[at]} instead of ${norm}`);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  });
});
