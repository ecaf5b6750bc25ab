import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cursorContextAt } from '../../src/features/completion/document.vscode';
import { cellsAround } from '../../src/host/notebooks.vscode';
import { close, open, suggestAndAccept, type, useScratchFolder } from './editor';

const cellOf = (text: string, languageId = 'python'): vscode.NotebookCellData =>
  new vscode.NotebookCellData(
    languageId === 'markdown' ? vscode.NotebookCellKind.Markup : vscode.NotebookCellKind.Code,
    text,
    languageId,
  );

const notebookWith = (...cells: readonly vscode.NotebookCellData[]): Thenable<vscode.NotebookDocument> =>
  vscode.workspace.openNotebookDocument('jupyter-notebook', new vscode.NotebookData([...cells]));

/** Puts the cursor at the end of a cell, in an editor of the cell's own. */
async function editCell(notebook: vscode.NotebookDocument, at: number): Promise<vscode.TextEditor> {
  const range = new vscode.NotebookRange(at, at + 1);
  await vscode.window.showNotebookDocument(notebook, { selections: [range] });
  await vscode.commands.executeCommand('notebook.cell.edit');
  const { document } = notebook.cellAt(at);
  await vscode.commands.executeCommand('cursorBottom');
  const editor = vscode.window.activeTextEditor;
  assert.ok(editor?.document === document);
  return editor;
}

describe('text that no file has', function () {
  const scratch = useScratchFolder();
  // What was edited here is not wanted back, and nobody is asked whether to save it.
  afterEach(() => vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor'));

  const elsewhere = 'const cage = openCage();\nexport const weight = weighTheToucan(cage, scale.kilograms);\n';
  const here = 'export const weight = weighTheToucan(';

  it('is copied from a document that was not saved', async () => {
    const edited = await open(scratch('dirty/zoo.ts', 'const nothing = 1;\n'), 1);
    await type(elsewhere.split('\n')[0]!);
    await edited.edit((edit) => edit.replace(new vscode.Range(0, 0, 9, 0), elsewhere));
    assert.ok(edited.document.isDirty);
    const editor = await open(scratch('dirty/today.ts', `${here}\n`), 0, here.length);
    assert.equal(await suggestAndAccept(editor), `${here}cage, scale.kilograms);\n`);
    await close();
    await vscode.window.showTextDocument(edited.document);
  });

  it('is copied from a document without a name, into another one', async () => {
    const named = (content: string) => vscode.workspace.openTextDocument({ content, language: 'typescript' });
    await named(elsewhere.replaceAll('Toucan', 'Pelican'));
    const editor = await vscode.window.showTextDocument(await named(here.replace('Toucan', 'Pelican')));
    await vscode.commands.executeCommand('cursorBottom');
    const after = await suggestAndAccept(editor);
    assert.equal(after, `${here.replace('Toucan', 'Pelican')}cage, scale.kilograms);`);
  });

  describe('in a notebook', () => {
    const above = 'def net_price_of(gross, rate):\n    return gross / (1 + rate)';
    const below = 'print(total)';

    it('stands around the cell, where it is of its language', async () => {
      const notebook = await notebookWith(
        cellOf(above),
        cellOf('# A title', 'markdown'),
        cellOf('%%bash\nls'),
        cellOf('%%time\nslow()'),
        cellOf('net_'),
        cellOf(below),
      );
      const { document } = notebook.cellAt(4);
      assert.deepEqual(
        cellsAround(document).above.map((cell) => cell.getText()),
        [above, '%%time\nslow()'],
      );
      const place = cursorContextAt(document, new vscode.Position(0, 4), undefined);
      assert.equal(place.prefix + place.suffix, 'net_');
      assert.deepEqual(place.around, { before: `${above}\n\n%%time\nslow()\n\n`, after: `\n\n${below}` });
    });

    it('leads to a suggestion in the cell below', async () => {
      const call = 'total = net_price_of(gross_of(order), rate_of(order))';
      const notebook = await notebookWith(cellOf(`${above}\n\n${call}`), cellOf('total = net_'));
      const after = await suggestAndAccept(await editCell(notebook, 1));
      assert.ok(after?.startsWith('total = net_price_of('), after);
    });
  });
});
