import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cellAt } from '../../../../src/features/search/notebookCells';
import { notebookText } from '../../../../src/indexer/chunks/notebook';

const cell = (type: string, source: string | string[], more: object = {}) => ({
  cell_type: type,
  source,
  metadata: {},
  ...more,
});

describe('a notebook', () => {
  it('is the text of its cells, without what they have put out', () => {
    const text = notebookText(
      JSON.stringify({
        cells: [
          cell('markdown', ['# Prices\n', 'net and gross']),
          cell('code', 'def net_price(gross, rate):\n    return gross / (1 + rate)', { outputs: [{ data: { 'image/png': 'iVBOR'.repeat(9_000) } }] }),
          cell('code', ['SELECT 1'], { metadata: { vscode: { languageId: 'sql' } } }),
          cell('raw', 'plain'),
        ],
        metadata: { language_info: { name: 'python' } },
        nbformat: 4,
      }),
    ); // prettier-ignore
    assert.equal(
      text,
      '# %% [markdown]\n# Prices\nnet and gross\n# %% [python]\ndef net_price(gross, rate):\n    return gross / (1 + rate)\n# %% [sql]\nSELECT 1\n# %% [plaintext]\nplain\n',
    );
  });

  it('may be an old one, in another language, or none at all', () => {
    const old = { worksheets: [{ cells: [{ cell_type: 'code', input: ['x <- 1'] }] }], metadata: { kernelspec: { language: 'R' } } }; // prettier-ignore
    assert.equal(notebookText(JSON.stringify(old)), '# %% [R]\nx <- 1\n');
    for (const json of ['', '{', '[]', '{"cells": 1}', '{"cells": [{"source": 1}]}', 'null']) assert.equal(notebookText(json), undefined); // prettier-ignore
    assert.equal(notebookText('{"cells": []}'), '');
  });

  it('has its lines where the editor has them', () => {
    const source = fc
      .array(fc.constantFrom('a', '', 'b = 1'), { minLength: 1, maxLength: 5 })
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(fc.array(source, { minLength: 1, maxLength: 6 }), (sources) => {
        const text = notebookText(JSON.stringify({ cells: sources.map((each) => cell('code', each)) }))!;
        const counts = sources.map((each) => each.split('\n').length);
        text.split('\n').slice(0, -1).forEach((line, at) => {
          const place = cellAt(counts, at)!;
          if (!line.startsWith('# %% ')) assert.equal(sources[place.cell]!.split('\n')[place.line], line);
        });
      }),
    ); // prettier-ignore
    assert.equal(cellAt([], 3), undefined);
    assert.deepEqual(cellAt([2, 1], 99), { cell: 1, line: 0 });
  });
});
