import assert from 'node:assert/strict';
import { remarkInWords } from '../../../../src/features/search/remarks';
import { listSkipped } from '../../../../src/features/search/skipped';
import type { Translate } from '../../../../src/common/translate';

const t: Translate = (text, ...values) => text.replaceAll(/\{(\d)\}/g, (_, at: string) => String(values[Number(at)]));

describe('files that are not searched', () => {
  it('are listed by reason, those first that a person may have written', () => {
    const file = (path: string, reason: 'binary' | 'minified', root = '/w') => ({ root, path, reason });
    const list = listSkipped(
      { total: 9, files: [file('a/b.png', 'binary'), file('c.min.js', 'minified'), file('d.png', 'binary', '/x')] },
      (root) => root.slice(1),
      t,
    );
    assert.deepEqual(list, {
      total: 9,
      groups: [
        { reason: 'Long lines, as tools write them', files: [{ number: 1, name: 'c.min.js', folder: 'w' }] },
        {
          reason: 'No text',
          files: [
            { number: 0, name: 'b.png', folder: 'w/a' },
            { number: 2, name: 'd.png', folder: 'x' },
          ],
        },
      ],
      more: 6,
    });
  });

  it('and remarks on a question name what was asked for', () => {
    assert.match(remarkInWords({ kind: 'corrected', from: 'retyr', to: 'retry' }, t), /retyr.*retry/);
    assert.match(remarkInWords({ kind: 'noSuchLanguage', name: 'pyton' }, t), /“pyton”/);
    assert.match(remarkInWords({ kind: 'unknownKind', name: 'fn' }, t), /“fn” is no kind.*function/);
    assert.match(remarkInWords({ kind: 'pattern', isLookAround: true, reason: 'x' }, t), /^Look-around/);
    assert.match(remarkInWords({ kind: 'pattern', isLookAround: false, reason: 'no )' }, t), /no \)$/);
    assert.match(remarkInWords({ kind: 'partlyScanned', looked: 3, total: 9 }, t), /^3 of 9/);
  });
});
