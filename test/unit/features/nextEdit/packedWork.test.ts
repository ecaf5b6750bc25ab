import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WorkPacker, WorkUnpacker } from '../../../../src/features/nextEdit/packedWork';
import { patternOf } from '../../nearby/edits/edits';

const patterns = ['f([-a][+b+]);', 'g([-c][+d+]);', '[+await +]load();', 'x[- = 1]'].map(patternOf);
const place = (index: number) => ({ path: `${index}.ts`, start: index, end: index + 1, pattern: patterns[index]! });

describe('the last edits on their way to the thread', () => {
  it('arrive as they were, however they change in between', () => {
    const indices = fc.array(fc.nat({ max: patterns.length - 1 }), { maxLength: 5 });
    fc.assert(
      fc.property(fc.array(fc.tuple(indices, indices), { minLength: 1, maxLength: 6 }), (states) => {
        const [packer, unpacker] = [new WorkPacker(), new WorkUnpacker()];
        for (const [edits, passed] of states) {
          const work = { edits: edits.map(place), passed: passed.map(place) };
          assert.deepEqual(unpacker.unpack(structuredClone(packer.pack(work))), work);
        }
      }),
    );
  });

  it('take each pattern along once', () => {
    const packer = new WorkPacker();
    assert.equal(packer.pack({ edits: [place(0), place(1)], passed: [place(0)] }).patterns.length, 2);
    assert.equal(packer.pack({ edits: [place(0), place(1), place(2)], passed: [] }).patterns.length, 1);
  });
});
