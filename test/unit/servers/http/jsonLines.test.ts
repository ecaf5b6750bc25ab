import assert from 'node:assert/strict';
import fc from 'fast-check';
import { readJsonLines } from '../../../../src/servers/http/jsonLines';
import { cutAnywhere, streamOf } from '../../../support/cutAnywhere';

describe('servers/http/jsonLines', () => {
  it('gives back what was sent, wherever it is cut and however lines end', async () => {
    const value = fc.json().map((text) => JSON.stringify(JSON.parse(text)));
    const end = fc.constantFrom('\n', '\r\n', '\n\n');
    await fc.assert(
      fc.asyncProperty(
        fc.array(value),
        end,
        fc.boolean(),
        fc.infiniteStream(fc.nat(9)),
        async (sent, by, last, sizes) => {
          const text = sent.join(by) + (last ? by : '');
          const read = await Array.fromAsync(readJsonLines(streamOf(cutAnywhere(Buffer.from(text), sizes))));
          assert.deepEqual(read, sent);
        },
      ),
    );
  });
});
