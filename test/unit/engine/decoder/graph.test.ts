import assert from 'node:assert/strict';
import { readGraph } from '../../../../src/engine/decoder/graph';
import { EngineError } from '../../../../src/ipc/engine/errors';
import type { ValueInfo } from '../../../../src/engine/runtime/session';
import { FakeSession, folder } from '../../../support/fakeSession';

type Values = Map<string, ValueInfo>;

describe('readGraph', () => {
  const refused = (
    change: (inputs: Values, outputs: Values) => void,
    sentence: RegExp,
    layout: 'delta' | 'copy' = 'delta',
  ) => {
    const session = new FakeSession(layout);
    const [inputs, outputs] = [new Map(session.inputs), new Map(session.outputs)];
    change(inputs, outputs);
    assert.throws(
      () => readGraph({ inputs, outputs }, folder(layout)),
      (error) => error instanceof EngineError && error.code === 'modelInvalid' && sentence.test(error.message),
    );
  };
  const set = (values: Values, name: string, change: Partial<ValueInfo>) =>
    values.set(name, { ...values.get(name)!, ...change });

  it('reads both layouts', () => {
    const delta = readGraph(new FakeSession('delta'), folder('delta'));
    assert.deepEqual([delta.heads, delta.headSize, delta.cacheType, delta.slots.length], [2, 3, 'float32', 2]);
    assert.deepEqual(delta.takes, {
      pastLength: true,
      attentionMask: false,
      positionIds: false,
      cacheBranch: false,
      logitsToKeep: [1],
    });
    const copy = readGraph(new FakeSession('copy'), folder('copy'));
    assert.deepEqual(copy.takes, {
      pastLength: false,
      attentionMask: true,
      positionIds: true,
      cacheBranch: false,
      logitsToKeep: undefined,
    });
  });

  it('names what is missing', () => {
    refused((inputs) => inputs.delete('input_ids'), /model\.onnx of fake has no input input_ids/);
    refused((inputs) => inputs.delete('past_length'), /no input past_length/);
    refused((inputs) => inputs.delete('attention_mask'), /no input attention_mask/, 'copy');
    refused((inputs) => inputs.delete('past_key_values.0.value'), /no input past_key_values\.0\.value/);
    refused((_, outputs) => outputs.delete('present.0.key'), /no output present\.0\.key/);
    refused((_, outputs) => outputs.delete('logits'), /no output logits/);
    refused((inputs) => inputs.delete('past_key_values.0.key'), /no key-value cache/);
  });

  it('names what it cannot serve', () => {
    refused((inputs) => set(inputs, 'input_ids', { type: 'float32' }), /input_ids as float32/);
    refused(
      (inputs) => inputs.set('pixel_values', { name: 'pixel_values', type: 'float32', shape: [1] }),
      /the input pixel_values/,
    );
    refused((_, outputs) => set(outputs, 'present.0.value', { shape: [1, 4, 'S', 3] }), /present\.0\.value/);
    refused((_, outputs) => set(outputs, 'logits', { shape: [1, 'K', 5000] }), /5000 tokens.*97/);
    refused((_, outputs) => set(outputs, 'logits', { type: 'int64' }), /logits as int64/);
    refused((inputs, outputs) => {
      for (const part of ['key', 'value']) {
        set(inputs, `past_key_values.0.${part}`, { type: 'int8' });
        set(outputs, `present.0.${part}`, { type: 'int8' });
      }
    }, /cache as int8/);
  });

  it('takes the word of the folder where the graph leaves the vocabulary open', () => {
    const session = new FakeSession('copy');
    const outputs = new Map(session.outputs);
    set(outputs, 'logits', { shape: ['B', 'S', 'V'] });
    assert.equal(readGraph({ inputs: session.inputs, outputs }, folder('copy')).vocabularySize, 97);
  });
});
