import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { inserted } from './difference';
import { accept, api, close, open, suggestAndAccept, type, until, useScratchFolder, useSetting } from './editor';
import { openAt, positions } from './realFiles';

describe('typing along a suggestion', function () {
  const scratch = useScratchFolder();
  afterEach(close);

  it('asks the engine nothing more, and Tab takes what is left of it', async () => {
    const { activity } = await api();
    let followed = 0;
    for (const [n, position] of positions.entries()) {
      const { text, line, character } = openAt(position);
      // Each in a folder of its own by the same name: another name, or a file beside, may lead to another suggestion.
      const whole = await suggestAndAccept(await open(scratch(`whole-${n}/place.ts`, text), line, character));
      await close();
      // Up to the first bracket or quote, which the editor would close; at least one character is left for Tab.
      const suggestion = whole === undefined ? '' : inserted(text, whole);
      const plain = /^[^([{<"'`\n]{0,4}/.exec(suggestion.slice(0, -1))![0];
      if (whole === undefined || plain === '') continue;

      const editor = await open(scratch(`part-${n}/place.ts`, text), line, character);
      await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
      const { lastRun } = activity.state;
      for (const key of plain) await type(key);
      assert.equal(await accept(editor), whole);
      assert.equal(activity.state.lastRun, lastRun);
      await close();
      if (++followed === 3) break;
    }
    assert.equal(followed, 3);
  });
});

describe('typing with brackets that the editor closes', function () {
  const scratch = useScratchFolder();
  useSetting('completion.copying', false);
  afterEach(close);
  const before = 'function add(a, b) {\n  return a + b;\n}\n\nfunction addThree(a, b) {\n  return ';

  it('keeps the prompt in the cache: a key costs a few tokens, not the whole prompt', async () => {
    const { activity } = await api();
    const editor = await open(scratch('closing.js', `${before};\n}\n`), 5, '  return '.length);
    const costs: number[] = [];
    const subscription = activity.onDidChange(() => {
      const { lastRun } = activity.state;
      if (lastRun !== undefined && !runs.has(lastRun)) costs.push(lastRun.timings.prefillTokens);
      if (lastRun !== undefined) runs.add(lastRun);
    });
    const runs = new Set<object>(activity.state.lastRun === undefined ? [] : [activity.state.lastRun]);
    for (const key of 'add(a, add(b, [1, 2') {
      const answered = costs.length;
      await type(key);
      // A key that goes on with what is shown asks for nothing.
      await until('the engine has answered', () => costs.length > answered, 1_500).catch(() => undefined);
    }
    subscription.dispose();
    assert.equal(editor.document.lineAt(5).text, '  return add(a, add(b, [1, 2]));');
    // The first request reads the file.
    const later = costs.slice(1).sort((a, b) => a - b);
    console.log(
      `    tokens read again per request: median ${later[Math.floor(later.length / 2)]}, most ${later.at(-1)}, of ${later.length} requests`,
    );
    // The last word, the closers behind the cursor and the marks around them; the prompt itself has more than a hundred.
    assert.ok(later.at(-1)! <= 16);
  });
});
