import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/host/ids';
import { until } from './editor';

describe('Diagnose', () => {
  const tabs = () =>
    vscode.window.tabGroups.all
      .flatMap((group) => group.tabs)
      .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('glassbox.diagnosis'));
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('opens one page, however often it is asked for', async () => {
    await vscode.commands.executeCommand(commands.diagnose);
    await vscode.commands.executeCommand(commands.diagnose);
    await until('the page is open', () => tabs().length > 0);
    assert.equal(tabs().length, 1);
  });
});
