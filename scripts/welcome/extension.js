// What `npm start` shows first: the sample file with the cursor where a suggestion comes, and the walkthrough beside it.
// Only scripts/start.mjs installs this; it is no part of the product.
const vscode = require('vscode');

/** Above this line a method is begun, so that the first thing a newcomer sees is a suggestion. */
const before = '  pagesRead(): number {';
const signature = '  titles(): string[] {';
const body = '    return ';

/** How often a suggestion is asked for, and how often with the focus; milliseconds between two times. */
const rounds = 6;
const roundsToFocus = 3;
const everyMs = 5_000;

exports.activate = async () => {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) return;
  const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder.uri, 'src/library.ts'));
  const editor = await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One, preview: false });
  /** @param {string} wanted */
  const lineOf = (wanted) => document.getText().split('\n').indexOf(wanted);
  // A window that was closed without saving comes back with what was begun in it.
  if (lineOf(signature) < 0 && lineOf(before) >= 0) {
    const begun = `${signature}\n${body}\n  }\n\n`;
    await editor.edit((edit) => edit.insert(new vscode.Position(lineOf(before), 0), begun));
  }
  if (lineOf(signature) >= 0) {
    const cursor = new vscode.Position(lineOf(signature) + 1, body.length);
    editor.selection = new vscode.Selection(cursor, cursor);
    editor.revealRange(new vscode.Range(cursor, cursor), vscode.TextEditorRevealType.InCenter);
  }
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', 'glassbox.glassbox#start', true);
  // The model is opened by the first question, and may take longer than that waits. The page of the walkthrough takes the focus
  // once it is drawn, and a suggestion is shown in the editor that has it.
  const { version } = document;
  for (let round = 0; round < rounds && document.version === version; round++) {
    if (round < roundsToFocus) await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.One });
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
};
