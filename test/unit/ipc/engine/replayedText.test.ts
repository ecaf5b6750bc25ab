import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReplayedText } from '../../../../src/ipc/engine/replayedText';

describe('replayed text', () => {
  it('passes everything on when nothing is repeated', () => {
    const replayed = new ReplayedText();
    replayed.begin();
    assert.deepEqual(
      ['a', 'bc', ''].map((piece) => replayed.next(piece)),
      ['a', 'bc', ''],
    );
  });

  it('passes on each text once, however often and in whatever pieces the work is begun again', () => {
    const attempts = fc.array(fc.array(fc.nat(6)), { maxLength: 6 });
    fc.assert(
      fc.property(fc.string({ maxLength: 30 }), attempts, (text, cuts) => {
        const replayed = new ReplayedText();
        const heard: string[] = [];
        let furthest = 0;
        for (const lengths of cuts) {
          replayed.begin();
          let at = 0;
          for (const length of lengths) {
            const piece = text.slice(at, at + length);
            at += piece.length;
            heard.push(replayed.next(piece));
          }
          furthest = Math.max(furthest, at);
        }
        assert.equal(heard.join(''), text.slice(0, furthest));
      }),
    );
  });
});
