import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Capture } from '../../../src/attention/capture';
import type { CapturePlan } from '../../../src/attention/capture';
import { pack, unpack } from '../../../src/attention/typedArrayFile';
import { record } from '../../../src/engine/attention/record';
import { openCapture, openRecording } from '../../../src/attention/recording';
import { recordSimilarity } from '../../../src/attention/similarityRecording';
import { thumbnails, weights } from '../../../src/attention/tiles';
import { root } from '../../support/paths';
import { createRandom } from '../../support/random';

const noPause = () => Promise.resolve(undefined);

describe('recordings of attention', () => {
  it('pack and unpack: values with arrays in them, wherever the file lies in memory', () => {
    const value = {
      a: [1, 'ü', null, true],
      bytes: Uint8Array.of(1, 2, 3),
      deep: { floats: Float32Array.of(0.5, NaN, -Infinity) },
      ids: Int32Array.of(-1),
      none: new Uint32Array(0),
    };
    const file = pack(value);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    assert.deepEqual(unpack(shifted.subarray(3)), value);
  });

  it('files that are cut off, damaged or something else are refused with a sentence', () => {
    const file = readFileSync(join(root, 'test/fixtures/attention/shelf.glassbox'));
    for (const length of [0, 7, 11, 40, 5_000, file.length - 9])
      assert.throws(() => openCapture(file.subarray(0, length)), /no recording/);
    assert.throws(() => openCapture(pack({ version: 1 })), /something else/);
    assert.throws(() => openCapture(pack({ ...(unpack(file) as object), version: 99 })), /version 99/);
    assert.throws(
      () => openCapture(pack({ ...(unpack(file) as object), stacks: [{ maps: new Uint8Array(5) }] })),
      /fewer or more/,
    );
  });

  it('of a similarity have a version of their own, and hold all of it', () => {
    const sequence = (...texts: string[]) => {
      const ends = texts.map((_, at) => texts.slice(0, at + 1).join('').length);
      return {
        ids: Int32Array.from(texts, (_, at) => at),
        texts,
        text: texts.join(''),
        ranges: Uint32Array.from(ends.flatMap((end, at) => [ends[at - 1] ?? 0, end])),
        segments: [{ kind: 'text' as const, from: 0, to: texts.length, start: 0, end: texts.join('').length }],
      };
    };
    const similarity = {
      model: 'search',
      question: sequence('wait'),
      code: sequence('retry', '(', ')'),
      pairs: Float32Array.of(0.5, -0.1, 0),
      score: 0.4,
      pooling: 'table' as const,
      truncated: { question: false, code: true },
      foundBy: 0.39,
    };
    const file = recordSimilarity(similarity);
    assert.deepEqual(openRecording(file), { version: 2, kind: 'similarity', ...similarity });
    assert.throws(() => openCapture(file), /is of a similarity/);
    assert.throws(
      () => openRecording(pack({ ...(unpack(file) as object), pairs: new Float32Array(2) })),
      /fewer or more pairs/,
    );
    assert.throws(
      () => openRecording(pack({ ...(unpack(file) as object), version: 3 })),
      /version 3, but versions up to 2/,
    );
    // Those of attention are what they were.
    assert.equal(openCapture(readFileSync(join(root, 'test/fixtures/attention/shelf.glassbox'))).recording.version, 1);
  });

  it('answer as the capture does that they were made of', async () => {
    const length = 23;
    const ids = Int32Array.from({ length }, (_, at) => at % 5);
    const sequence = {
      ids,
      texts: Array.from(ids, String),
      text: Array.from(ids, String).join(''),
      ranges: Uint32Array.from({ length: 2 * length }, (_, at) => Math.ceil(at / 2)),
      segments: [{ kind: 'text' as const, from: 0, to: length, start: 0, end: length }],
    };
    const stack = {
      kind: 'decoder' as const,
      queries: 0,
      keys: 0,
      layers: 2,
      heads: 2,
      causal: true,
      rows: length,
      columns: length,
      valueWeighted: true,
    };
    const plan: CapturePlan = { way: 'softmax', sequences: [sequence], stacks: [stack], generatedFrom: length };
    const capture = new Capture(7, '/models/small', plan, [[true, true]]);
    const random = createRandom(3);
    const [data] = capture.stacks;
    data!.valueNorms!.set(Float32Array.from({ length: 4 * length }, () => 1 + random()));
    for (const layer of [0, 1]) {
      const fresh = new Float32Array(2 * length * length);
      for (let row = 0; row < 2 * length; row++) {
        const line = Float32Array.from({ length: (row % length) + 1 }, () => random() ** 6);
        const sum = line.reduce((total, weight) => total + weight, 0);
        fresh.set(
          line.map((weight) => weight / sum),
          row * length,
        );
      }
      data!.add(layer, { weights: fresh, first: 0, rows: length, columns: length });
    }

    const opened = openCapture(
      await record(
        capture,
        { causal: [], relations: [{ role: 'parent', pairs: Uint32Array.of(9, 4, 9, 5) }] },
        undefined,
        noPause,
      ),
    );
    assert.equal(opened.recording.model, 'small');
    assert.deepEqual(opened.description, capture.describe());
    assert.deepEqual(opened.thumbnails({ size: 20, kind: 'max' }), thumbnails(data!, { size: 20, kind: 'max' }));
    for (const heads of [1, 'mean', 'max', 'value-weighted', 'rollout'] as const) {
      for (const direction of ['reads', 'readBy'] as const) {
        const params = { layer: 1, heads, tokens: { from: 9, to: 12 }, direction, withoutSink: true };
        const [ours, theirs] = [opened.weights(params).values, weights(data!, params).values];
        for (const [at, value] of ours.entries())
          assert.ok(Math.abs(value - theirs[at]!) < 2e-2, `${heads} ${direction} ${at}: ${value} ${theirs[at]}`);
      }
    }
    assert.deepEqual(
      opened.headScores({}).roles.map(({ role }) => role),
      ['previous', 'duplicate', 'induction', 'bracket', 'identifier', 'parent', 'sink'],
    );
    assert.throws(() => opened.probabilities({ position: 0, top: 3 }), /no token/);
  });

  it('the committed one explains a suggestion', () => {
    const opened = openCapture(readFileSync(join(root, 'test/fixtures/attention/shelf.glassbox')));
    const [sequence] = opened.description.sequences;
    const written = sequence!.segments.find(({ kind }) => kind === 'generated')!;
    assert.equal(sequence!.text.slice(written.start, written.end), 'push(book);');
    const { tokens, lines, total } = opened.provenance({ heads: 'value-weighted' });
    assert.ok(tokens.every(({ logprob }) => logprob <= 0));
    const heaviest = total.slice(0, 5).map(({ line }) => sequence!.text.slice(lines[line]!.start, lines[line]!.end));
    assert.ok(
      heaviest.some((text) => text.includes('this.books.push(book)')),
      'it was copied from there',
    );
    const { from, to } =
      lines[
        opened.recording.causal[0]
          ? lines.findIndex((line) => line.from === opened.recording.causal[0]!.hidden.from)
          : 0
      ]!;
    const check = opened.causal({ hidden: { from, to } });
    assert.equal(check.controlDeltas.length, check.controlStarts.length);
    assert.throws(() => opened.causal({ hidden: { from: 0, to: 1 } }), /needs the model/);
  });
});
