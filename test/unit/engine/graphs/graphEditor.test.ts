import assert from 'node:assert/strict';
import { create } from '@bufbuild/protobuf';
import { integers, node } from '../../../../src/engine/graphs/elements';
import { GraphEditor } from '../../../../src/engine/graphs/graphEditor';
import { GraphProtoSchema } from '../../../../src/engine/graphs/onnx';
import type { NodeProto } from '../../../../src/engine/graphs/onnx';

const editorOf = (...nodes: NodeProto[]): GraphEditor =>
  new GraphEditor(create(GraphProtoSchema, { node: nodes, initializer: [integers('one', [1n])] }));

describe('the origin of values in a graph', () => {
  it('is fixed where all of it is constant', () => {
    const editor = editorOf(
      node('Add', ['one', 'one'], ['two']),
      node('Pad', ['two', 'one', ''], ['padded']),
      node('Add', ['two', 'given'], ['sum']),
      node('RandomNormal', [], ['random']),
    );
    assert.deepEqual(
      ['one', 'two', 'padded', 'sum', 'given', 'random'].map((value) => editor.isFixed(value)),
      [true, true, true, false, false, false],
    );
    assert.ok(editor.isMadeOf('sum', (value) => value === 'given'));
  });

  it('is found where every value is taken twice, and where values go round', () => {
    const doubled = Array.from({ length: 200 }, (_, at) => node('Add', [`x${at}`, `x${at}`], [`x${at + 1}`]));
    assert.equal(editorOf(...doubled).isFixed('x200'), false);
    assert.equal(editorOf(node('Identity', ['one'], ['x0']), ...doubled).isFixed('x200'), true);
    const round = editorOf(node('Neg', ['b', 'given'], ['a']), node('Neg', ['a'], ['b']));
    assert.equal(round.isFixed('a'), false);
  });
});
