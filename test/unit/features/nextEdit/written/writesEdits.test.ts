import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writesEdits } from '../../../../../src/features/nextEdit/written/writesEdits';

describe('writesEdits', () => {
  const folder = mkdtempSync(join(tmpdir(), 'glassbox-writes-'));
  const holds = async (text: string): Promise<boolean> => {
    writeFileSync(join(folder, 'glassbox.json'), text);
    return writesEdits(folder);
  };
  after(() => rmSync(folder, { recursive: true }));

  it('goes by what the folder says now', async () => {
    assert.equal(await writesEdits(folder), false);
    assert.equal(await holds('{"nextEdit": "sweep"}'), true);
    assert.equal(await holds('{}'), false);
  });

  it('takes no other field, no other type and no damaged file for it', async () => {
    assert.equal(await holds('{"chatTemplate": "\\"nextEdit\\": \\"sweep\\""}'), false);
    assert.equal(await holds('{"nextEdit": null}'), false);
    assert.equal(await holds('{"nextEdit": "sweep"'), false);
  });
});
