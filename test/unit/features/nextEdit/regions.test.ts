import assert from 'node:assert/strict';
import fc from 'fast-check';
import { editsOf, endOf, textWith, withChanges } from '../../../../src/features/nextEdit/regions';
import type { ChangedRegion } from '../../../../src/features/nextEdit/regions';

describe('changed parts of a text', () => {
  it('lead from the text before to the one now, whatever was changed, one or several at once', () => {
    const change = fc.record({ at: fc.nat(), length: fc.nat({ max: 4 }), text: fc.constantFrom('', 'x', 'yy', '\n', 'v\nv') });
    fc.assert(
      fc.property(fc.array(fc.array(change, { minLength: 1, maxLength: 3 }), { maxLength: 12 }), (events) => {
        const before = 'one\ntwo three\n\nfour\nfive six seven\n';
        let text = before;
        let regions: readonly ChangedRegion[] = [];
        for (const event of events) {
          const length = text.length;
          const placed = event
            .map(({ at, ...rest }) => ({ ...rest, offset: at % (length + 1) }))
            .sort((a, b) => a.offset - b.offset)
            // Changes that are made at once lie apart.
            .filter(({ offset }, index, all) => index === 0 || all[index - 1]!.offset + all[index - 1]!.length < offset)
            .map((one) => ({ ...one, length: Math.min(one.length, length - one.offset) }));
          for (const { offset, length: gone, text: put } of placed.toReversed())
            text = text.slice(0, offset) + put + text.slice(offset + gone);
          regions = withChanges(before, regions, placed);
          assert.equal(textWith(before, regions), text);
          for (const one of regions) assert.equal(text.slice(one.start, endOf(one)), one.text);
        }
        const edits = editsOf(before, regions);
        const last = edits.at(-1);
        const led = last ? last.before.slice(0, last.start) + last.inserted + last.before.slice(last.end) : before;
        assert.equal(led, text);
        assert.equal(edits[0]?.before ?? before, before);
        for (const [index, region] of regions.slice(0, -1).entries())
          assert.ok(text.slice(endOf(region), regions[index + 1]!.start).includes('\n'), 'what stands in one line is one');
      }),
    );
  });
}); // prettier-ignore
