import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { accept, api, close, open, useScratchFolder, useSetting } from './editor';

const body = '  const cage = openCage();\n  weighTheToucan(cage, scale.kilograms);\n  closeCage(cage);\n}\n';
const head = 'export function weighEveryToucan(zoo, scale) {\n';

describe('taking the next line of a suggestion', function () {
  const scratch = useScratchFolder();
  useSetting('completion.length', 'block');
  afterEach(close);

  it('inserts up to and including the line break, and keeps the rest, which is not asked for again', async () => {
    scratch('zoo.ts', head + body);
    const editor = await open(scratch('today.ts', head.trimEnd()), 0, head.length - 1);
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    const { activity } = await api();
    const { lastRun } = activity.state;
    // The first line break stands before the body's first line; then a line at a time.
    for (const lines of [1, 2, 3]) {
      const taken =
        head +
        body
          .split('\n', lines - 1)
          .map((line) => `${line}\n`)
          .join('');
      assert.equal(await accept(editor, 'acceptNextLine'), taken);
    }
    assert.equal(await accept(editor), (head + body).trimEnd());
    assert.equal(activity.state.lastRun, lastRun);
  });
});
