import * as vscode from 'vscode';
import type { CopiedFrom } from '../engine/protocol';

/** Says where a suggestion was copied from: what the panel shows is then what the model makes of it, not why it came. */
export async function tellOfCopy(copied: CopiedFrom): Promise<void> {
  if (copied.kind === 'here') {
    const sentence = copied.lines > 0
      ? vscode.l10n.t('The model did not write this suggestion: it was copied from {0} lines below.', copied.lines)
      : vscode.l10n.t('The model did not write this suggestion: it was copied from {0} lines above.', -copied.lines);
    await vscode.window.showInformationMessage(sentence);
    return;
  }
  const uri = vscode.Uri.file(copied.path);
  const show = vscode.l10n.t('Show');
  const place = `${vscode.workspace.asRelativePath(uri)}:${copied.line}`;
  const chosen = await vscode.window.showInformationMessage(vscode.l10n.t('The model did not write this suggestion: it was copied from {0}.', place), show);
  if (chosen !== show) return;
  const line = new vscode.Position(copied.line - 1, 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(line, line) });
}
