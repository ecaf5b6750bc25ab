import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ByteTable } from '../../../../src/modelFolder/tokenizer/byteTable';

describe('ByteTable', () => {
  it('gives back what each id stands for, and nothing where it stands for nothing', () => {
    const row = fc.option(fc.uint8Array({ maxLength: 40 }), { nil: undefined });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 50 }), (rows) => {
        const table = new ByteTable(rows.length, (id) => rows[id]);
        assert.deepEqual(
          rows.map((_, id) => table.get(id)),
          rows,
        );
        assert.equal(table.get(rows.length), undefined);
        assert.equal(table.get(-1), undefined);
      }),
    );
  });
});
