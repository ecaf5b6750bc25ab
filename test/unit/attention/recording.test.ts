import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pack, unpack } from '../../../src/attention/typedArrayFile';
import { record } from '../../../src/engine/attention/record';
import { openCapture, openRecording } from '../../../src/attention/recording';
import type { Recording } from '../../../src/attention/recording';
import { recordSimilarity } from '../../../src/attention/similarityRecording';
import { thumbnails, weights } from '../../../src/attention/tiles';
import { root } from '../../support/paths';
import { syntheticCapture } from '../../support/capture';

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
      () => openRecording(pack({ ...(unpack(file) as object), version: 4 })),
      /version 4, but versions up to 3/,
    );
    // Those of attention are what they were.
    assert.equal(openCapture(readFileSync(join(root, 'test/fixtures/attention/shelf.glassbox'))).recording.version, 1);
  });

  it('answer as the capture does that they were made of', async () => {
    const capture = syntheticCapture({ layers: 2, heads: 2, length: 23 });
    const [data] = capture.stacks;

    const opened = openCapture(
      await record(
        capture,
        { causal: [], relations: [{ role: 'parent', pairs: Uint32Array.of(9, 4, 9, 5) }], layers: [] },
        undefined,
        noPause,
      ),
    );
    assert.equal(opened.recording.model, 'small');
    assert.equal(opened.recording.version, 1);
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

  it('that have no room for all maps keep those of some layers, and of all others what a grid needs', async () => {
    const capture = syntheticCapture({ layers: 30, heads: 9, length: 150 });
    const [data] = capture.stacks;
    const file = await record(
      capture,
      { causal: [], relations: [], layers: [12], most: 2_000_000 },
      undefined,
      noPause,
    );
    assert.ok(file.length <= 2_000_000 && file.length > 1_800_000, `${file.length} bytes`);
    const opened = openCapture(file);
    assert.equal(opened.recording.version, 3);
    const kept = opened.description.stacks[0]!.kept.flatMap((isKept, layer) => (isKept ? [layer] : []));
    assert.ok(kept.length > 3 && kept.length < 30);
    for (const layer of [0, 12, 29]) assert.ok(kept.includes(layer), `${layer}`);

    for (const kind of ['max', 'mean'] as const) {
      const [ours, theirs] = [opened.thumbnails({ size: 64, kind }), thumbnails(data!, { size: 64, kind })];
      assert.deepEqual([ours.level, ours.width], [theirs.level, theirs.width]);
      // Restored maps are sums of bytes, and those they were made of sums of weights.
      for (const [at, byte] of ours.data.entries()) assert.ok(Math.abs(byte - theirs.data[at]!) <= 1);
    }
    for (const [at, share] of opened.stacks[0]!.sinkShares().entries())
      assert.ok(Math.abs(share - data!.sinkShares()[at]!) < 5e-3);
    assert.equal(opened.headScores({}).entropy.length, 270);

    const span = { tokens: { from: 80, to: 81 }, withoutSink: true } as const;
    for (const direction of ['reads', 'readBy'] as const) {
      for (const heads of ['value-weighted', 'mean', 'max'] as const) {
        const [ours, theirs] = [
          opened.weights({ ...span, heads, direction }),
          weights(data!, { ...span, layer: undefined, heads, direction }),
        ];
        for (const [at, value] of ours.values.entries())
          assert.ok(
            Math.abs(value - theirs.values[at]!) < 2e-2,
            `${heads} ${direction} ${at}: ${value} ${theirs.values[at]}`,
          );
      }
    }
    assert.equal(opened.weights({ ...span, layer: 12, heads: 8, direction: 'reads' }).values.length, 150);
    const without = kept.includes(1) ? 2 : 1;
    const tile = { level: 0, kind: 'max', x: 0, y: 0, width: 9, height: 9 } as const;
    const said = new RegExp(
      `^EngineError: The map of layer ${without + 1} is not in this recording.* layers 1, .*, 30 only`,
    );
    assert.throws(() => opened.tile({ ...tile, layer: without, heads: 3 }), said);
    assert.throws(() => opened.weights({ ...span, layer: without, heads: 'mean', direction: 'reads' }), said);
    for (const layer of [undefined, 29]) assert.throws(() => opened.tile({ ...tile, layer, heads: 'rollout' }), said);
    assert.equal(opened.tile({ ...tile, layer: 29, heads: 3 }).width, 9);
  });

  it('are refused where even thumbnails have no room, or are fewer than they say', async () => {
    const capture = syntheticCapture({ layers: 4, heads: 2, length: 40 });
    const options = { causal: [], relations: [], layers: [] };
    await assert.rejects(record(capture, { ...options, most: 5_000 }, undefined, noPause), /but at most 5000/);
    const file = unpack(await record(capture, { ...options, most: 27_000 }, undefined, noPause)) as Recording;
    const damaged = file.stacks.map((stack) => ({ ...stack, coarse: { ...stack.coarse!, max: new Uint8Array(3) } }));
    assert.throws(() => openCapture(pack({ ...file, stacks: damaged })), /fewer or more thumbnails/);
    const short = file.stacks.map((stack) => ({ ...stack, overall: { mean: new Uint8Array(3) } }));
    assert.throws(() => openCapture(pack({ ...file, stacks: short })), /summary of another size/);
  });

  it('of captures without whole maps of all layers have what there is', async () => {
    const capture = syntheticCapture({ layers: 4, heads: 2, length: 40, kept: [true, false, false, true] });
    const file = await record(capture, { causal: [], relations: [], layers: [] }, undefined, noPause);
    const opened = openCapture(file);
    assert.deepEqual(opened.description.stacks[0]!.kept, [true, false, false, true]);
    assert.deepEqual(
      opened.thumbnails({ layer: 1, size: 64, kind: 'max' }),
      thumbnails(capture.stacks[0]!, { layer: 1, size: 64, kind: 'max' }),
    );
    assert.throws(() => opened.headScores({}), /not scored/);
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
