/**
 * How a document is being edited: with how many cursors, and whether in a diff editor. Used by the completion provider,
 * whom the editor does not tell.
 */
import * as vscode from 'vscode';
import type { EditorSituation } from './eligibility';

/** Of the active editor, where it shows the document. */
export function situationOf(document: vscode.TextDocument): EditorSituation {
  const editor = vscode.window.activeTextEditor;
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return {
    cursors: editor?.document === document ? editor.selections.length : 1,
    isDiff: input instanceof vscode.TabInputTextDiff && input.modified.toString() === document.uri.toString(),
  };
}
