import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../src/ids';
import { close, logLines, open, suggestAndAccept, until, useScratchFolder } from './editor';

const code = `/** Books, in the order in which they were put there. */
class Shelf {
  constructor() {
    this.books = [];
  }

  add(title, pages) {
    const book = { title, pages };
    this.books.push(book);
    return book;
  }

  longest() {
    return this.books.
  }
}
`;

describe('the attention panel', function () {
  this.timeout(120_000);
  const scratch = useScratchFolder();
  const captured = (title: string) => logLines().filter((line) => line.includes(`Captured attention of ${title}`)).length;
  const refused = () => logLines().filter((line) => line.includes('View "inspector"'));

  after(async () => {
    assert.deepEqual(refused(), [], 'a message was refused');
    await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
  });

  it('captures what is selected', async () => {
    const editor = await open(scratch('shelf.js', code), 6, 0);
    editor.selection = new vscode.Selection(6, 0, 10, 3);
    await vscode.commands.executeCommand(commands.inspectAttention);
    await until('the capture is told in the log', () => captured('shelf.js:7–11') === 1, 30_000);
    await close();
  });

  it('explains the suggestion that was taken', async () => {
    const editor = await open(scratch('explained.js', code), 13, 22);
    const after = await suggestAndAccept(editor);
    assert.notEqual(after, undefined);
    await vscode.commands.executeCommand(commands.explainSuggestion);
    await until('the capture is told in the log', () => captured('Suggestion in explained.js') === 1, 30_000);
    await close();
  });

  it('says what is missing where nothing is selected or was suggested', async () => {
    await open(scratch('empty.txt', 'nothing'), 0, 0);
    await vscode.commands.executeCommand(commands.inspectAttention);
    await vscode.commands.executeCommand(commands.explainSuggestion);
    const said = (sentence: string) => logLines().some((line) => line.includes(`Attention could not be shown: ${sentence}`));
    await until('both reasons are in the log', () => said('Select the code') && said('No suggestion was made in this file yet'));
    await close();
  });
});
