import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { accept, api, close, open, type, until, useScratchFolder, useSetting } from './editor';

describe('asking ahead', function () {
  const scratch = useScratchFolder();
  useSetting('completion.askAhead', 'always');
  useSetting('completion.minimumConfidence', 0);
  // The list of words would be a place of its own.
  const setList = (to: unknown) =>
    vscode.workspace.getConfiguration('editor').update('quickSuggestions', to, vscode.ConfigurationTarget.Global);
  before(() => setList({ other: 'off', comments: 'off', strings: 'off' }));
  after(() => setList(undefined));
  afterEach(close);

  const taken = 'const cage = openCage();\nfeedTheToucan(cage, fruit);';
  const whole = `${taken}\ncloseCage(cage, quietly);`;

  /** Takes a suggestion that was on screen for a while and the one on the next line. @returns whether the engine was asked for that */
  async function asksAgainAfter(ms: number): Promise<boolean> {
    const { activity } = await api();
    const editor = await open(scratch(`after-${ms}/today.ts`, 'const cage = openCage();\nfeed'));
    const explained = (): boolean => activity.explanation(editor.document.uri.toString()) !== undefined;
    await type('T');
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    await sleep(ms);
    assert.equal(await accept(editor), taken);
    await until('nothing is to be added to the line', explained);
    const { lastRun } = activity.state;
    await type('\n');
    await until('something is suggested on the next line', () => !explained());
    assert.equal(await accept(editor), whole);
    await close();
    return activity.state.lastRun !== lastRun;
  }

  it('has the next line ready once a suggestion was taken, for which the engine is not asked again', async () => {
    // How long that takes on this machine is not to be seen from outside.
    for (const ms of [2_000, 4_000, 8_000, 16_000]) {
      scratch(`after-${ms}/zoo.ts`, `${whole}\n`);
      if (!(await asksAgainAfter(ms))) return;
    }
    assert.fail('The engine was asked each time.');
  });
});
