import assert from 'node:assert/strict';
import { basename, extname } from 'node:path';
import * as vscode from 'vscode';
import { api, close, open, suggestAndAccept, useScratchFolder } from './editor';
import { openAt, positions } from './realFiles';

describe('suggestions of the embedded model', function () {
  this.timeout(180_000);
  const scratch = useScratchFolder();

  it('appear at 15 or more of 20 positions in real files and are taken with Tab', async () => {
    const { activity } = await api();
    let suggested = 0;
    for (const [n, position] of positions.entries()) {
      const { text, line, character } = openAt(position);
      const extension = extname(position.file);
      const uri = scratch(`${basename(position.file, extension)}-${n}${extension}`, text);
      const editor = await open(uri, line, character);
      const after = await suggestAndAccept(editor);
      const outcome = after === undefined ? activity.explanation(uri.toString()) : inserted(text, after, editor.document.offsetAt(new vscode.Position(line, character)));
      console.log(`    ${position.source}/${position.file}: ${position.line.slice(0, character).trim()} → ${outcome}`);
      if (after !== undefined) suggested++;
      await close();
    }
    console.log(`    ${suggested} of ${positions.length}`);
    assert.ok(suggested >= 15, `${suggested} of ${positions.length}`);
  });
});

/** What stands at the offset now that was not there before; all else must be as it was. */
function inserted(before: string, after: string, offset: number): string {
  const length = after.length - before.length;
  assert.ok(length > 0, 'Taking a suggestion adds text.');
  assert.equal(after.slice(0, offset), before.slice(0, offset));
  assert.equal(after.slice(offset + length), before.slice(offset));
  return after.slice(offset, offset + length);
}
