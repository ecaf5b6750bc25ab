/**
 * What can be asked of a proposed edit besides Tab: to make it at several places at once, to see it as a whole, and why it is
 * proposed. Called by the feature's commands.
 */
import * as vscode from 'vscode';
import { labelText } from '../../common/text/markup';
import { fileName } from '../../common/files/paths';
import { previewScheme } from '../../host/ids';
import { showInformation } from '../../host/notice.vscode';
import { isUnchanged, mayBeChanged, rangeOf, uriOf } from './documents.vscode';
import type { ShownEdit } from './shownEdit';
import { change, confidenceSentence, reasonsFor } from './view';

const t = vscode.l10n.t;

/** A list with a check box for each place; what stays checked is made, in several files after a look at all of them. */
export async function applyToSeveral(edits: readonly ShownEdit[]): Promise<void> {
  const items = edits.map((edit) => ({
    label: labelText(t('{0}, line {1}', fileName(edit.path), edit.start.line + 1)),
    description: labelText(change(edit.old, edit.text)),
    detail: confidenceSentence(edit, t),
    picked: true,
    edit,
  }));
  const chosen = await vscode.window.showQuickPick(items, {
    canPickMany: true,
    title: t('Make the same edit at these places'),
    matchOnDescription: true,
  });
  if (chosen === undefined || chosen.length === 0) return;
  const wanted = chosen.map(({ edit }) => edit);
  const { made, left } = await editOf(wanted);
  if (made.size > 0 && !(await vscode.workspace.applyEdit(made, { isRefactoring: true }))) return;
  if (left > 0) void showInformation(t('{0} places have changed since and were left as they are.', left));
}

/** One change of the workspace, without places whose files have changed since or must not be changed. */
async function editOf(edits: readonly ShownEdit[]): Promise<{ made: vscode.WorkspaceEdit; left: number }> {
  const made = new vscode.WorkspaceEdit();
  const shown = vscode.window.activeTextEditor?.document.uri.toString();
  let left = 0;
  for (const edit of edits) {
    const uri = uriOf(edit.path);
    const document = await vscode.workspace.openTextDocument(uri);
    // The editor shows its preview where one place does, and leaves those unchecked: what is in sight was chosen already.
    const needsConfirmation = document.uri.toString() !== shown;
    if (isUnchanged(document, edit) && (await mayBeChanged(edit.path)))
      made.replace(uri, rangeOf(edit), edit.text, { needsConfirmation, label: t('The same edit') });
    else left++;
  }
  return { made, left };
}

/** The file beside what it would be with the edit. */
export async function preview(edit: ShownEdit): Promise<void> {
  const uri = uriOf(edit.path);
  const then = uri.with({ scheme: previewScheme, query: `${edit.digest} ${edit.start.line} ${edit.start.character}` });
  await vscode.commands.executeCommand('vscode.diff', uri, then, t('{0} with the next edit', fileName(edit.path)), {
    selection: rangeOf(edit),
  });
}

/** The text of a file with the edit, for a comparison; empty where that is out of date. */
export async function previewText(edit: ShownEdit | undefined): Promise<string> {
  if (edit === undefined) return '';
  const document = await vscode.workspace.openTextDocument(uriOf(edit.path));
  if (!isUnchanged(document, edit)) return '';
  const text = document.getText();
  const { start, end } = rangeOf(edit);
  return text.slice(0, document.offsetAt(start)) + edit.text + text.slice(document.offsetAt(end));
}

/** Why it is proposed; a choice goes to the edit that it was learnt from. */
export async function explain(edit: ShownEdit): Promise<void> {
  const items = reasonsFor(edit, t).map(({ text, at }) => ({
    label: `$(${at ? 'go-to-file' : 'info'}) ${labelText(text)}`,
    at,
  }));
  const chosen = await vscode.window.showQuickPick(items, { title: t('Why this edit is proposed') });
  if (chosen?.at === undefined) return;
  const { path, line } = chosen.at;
  const place = new vscode.Range(line, 0, line, 0);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uriOf(path)), { selection: place });
}
