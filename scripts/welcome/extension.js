// What `npm start` shows first: the sample file with the cursor where a suggestion comes, and the walkthrough beside it.
// Only scripts/start.mjs installs this; it is no part of the product.
const vscode = require('vscode');

/** Behind this line a method is begun, so that the first thing a newcomer sees is a suggestion. */
const before = '  pagesRead(): number {';
const begun = '  titles(): string[] {\n    return ';

exports.activate = async () => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) return;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, 'src/library.ts'));
  const editor = await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
  const line = document.getText().split('\n').indexOf(before);
  if (line >= 0) {
    await editor.edit((edit) => edit.insert(new vscode.Position(line, 0), `${begun}\n  }\n\n`));
    const cursor = new vscode.Position(line + 1, '    return '.length);
    editor.selection = new vscode.Selection(cursor, cursor);
    editor.revealRange(new vscode.Range(cursor, cursor), vscode.TextEditorRevealType.InCenter);
  }
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', 'glassbox.glassbox#start', true);
  await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
  await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
};
