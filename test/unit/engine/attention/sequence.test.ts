import assert from 'node:assert/strict';
import { partsOf, sequenceOf } from '../../../../src/engine/attention/sequence';
import { idsOf, letters } from '../../../support/letters';

describe('parts of a prompt', () => {
  it('are told by the special tokens, as prompts are written', () => {
    const roles = new Map([
      [1, 'file'],
      [2, 'suffix'],
      [3, 'prefix'],
      [4, 'rest'],
      [5, 'middle'],
    ]);
    const ids = [
      1,
      ...idsOf('o.ts\nother'),
      1,
      ...idsOf('p.ts\n'),
      2,
      ...idsOf('after'),
      3,
      ...idsOf('before'),
      4,
      ...idsOf('rest'),
      5,
    ];
    const parts = partsOf(ids, [...idsOf('new'), 9], new Map([...roles, [9, 'special']]), (id) => id === 10);
    const sequence = sequenceOf(parts, letters);
    assert.deepEqual(
      sequence.segments
        .filter(({ kind }) => kind !== 'special')
        .map(({ kind, start, end }) => [kind, sequence.text.slice(start, end)]),
      [
        ['path', 'o.ts\n'],
        ['context', 'other'],
        ['path', 'p.ts\n'],
        ['suffix', 'after'],
        ['prefix', 'before'],
        ['rest', 'rest'],
        ['generated', 'new'],
      ],
    );
    assert.deepEqual(
      sequence.segments.map(({ from }) => from).slice(1),
      sequence.segments.map(({ to }) => to).slice(0, -1),
      'without gaps',
    );
    assert.equal(sequence.segments.at(-1)!.to, ids.length + 4);
  });

  it('tokens that share a character share its range', () => {
    const bytes = new TextEncoder().encode('aé');
    const decode = () => {
      const decoder = new TextDecoder();
      return { push: (id: number) => decoder.decode(Uint8Array.of(id), { stream: true }), end: () => decoder.decode() };
    };
    const { ranges, texts, text: joined } = sequenceOf([{ kind: 'text', ids: bytes }], { stream: decode });
    assert.deepEqual([[...ranges], texts, joined], [[0, 1, 1, 2, 1, 2], ['a', '', 'é'], 'aé']);
    const cut = sequenceOf(
      [
        { kind: 'prefix', ids: bytes.subarray(0, 2) },
        { kind: 'generated', ids: [98] },
      ],
      { stream: decode },
    );
    assert.deepEqual([cut.text, [...cut.ranges]], ['a\ufffdb', [0, 1, 1, 2, 2, 3]]);
  });
});
