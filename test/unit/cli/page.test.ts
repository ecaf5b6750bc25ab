import assert from 'node:assert/strict';
import { linesInFile, titleOf } from '../../../src/cli/page';
import type { SequenceSegment } from '../../../src/ipc/engine/messages/attention';

describe('a part of a file on a page', () => {
  it('is called by its lines, blank ones at its end left out', () => {
    assert.equal(titleOf('src/a.ts', { text: 'one\ntwo\n\n', first: 7 }), 'a.ts:7–8');
    assert.equal(titleOf('a.ts', { text: 'one\n', first: 7 }), 'a.ts:7');
  });

  it('has the file’s line numbers, and none where the model read something else', () => {
    const [path, prefix, written, suffix] = ['a.ts\n', 'const a = 1;\nlet b', ' = 2;', 'f(b);\n'];
    const text = path + suffix + prefix + written;
    let end = 0;
    const segment = (kind: SequenceSegment['kind'], own: string): SequenceSegment => ({
      kind,
      from: 0,
      to: 0,
      start: end,
      end: (end += own.length),
    });
    const segments = [
      segment('path', path),
      segment('suffix', suffix),
      segment('prefix', prefix),
      segment('generated', written),
    ];
    const part = { text: `${prefix}\n${suffix}`, cursor: prefix.length, first: 40 };
    assert.deepEqual(linesInFile({ text, segments }, part), [0, 42, 40, 0]);
  });
});
