/**
 * Notifications of what the panel alone does not tell of a suggestion: that it was copied from other code, with a button to open
 * that place, or which files the model was shown parts of. Used by `inspector.vscode.ts`.
 */
import * as vscode from 'vscode';
import type { CopiedFrom } from '../../ipc/engine/protocol';
import { showInformation } from '../../host/notice.vscode';

/** Says which files stand in front of the prompt, by their paths. */
export async function tellOfContext(paths: readonly string[]): Promise<void> {
  await showInformation(vscode.l10n.t('The model was also shown declarations of {0}.', paths.join(', ')));
}

/** Says where a suggestion was copied from: what the panel shows is then what the model makes of it, not why it came. */
export async function tellOfCopy(copied: CopiedFrom): Promise<void> {
  if (copied.kind === 'here') {
    await showInformation(sentenceHere(copied));
    return;
  }
  // Of what is no file, the URI is the path: an absolute path begins with no scheme.
  const isUri = /^(?:untitled|vscode-notebook-cell):/.test(copied.path);
  const uri = isUri ? vscode.Uri.parse(copied.path) : vscode.Uri.file(copied.path);
  const show = vscode.l10n.t('Show');
  const place = `${vscode.workspace.asRelativePath(uri)}:${copied.line}`;
  const sentence = copied.renamed
    ? vscode.l10n.t(
        'The model did not write this suggestion: it was copied from {0}, with the names of this place.',
        place,
      )
    : vscode.l10n.t('The model did not write this suggestion: it was copied from {0}.', place);
  const chosen = await showInformation(sentence, show);
  if (chosen !== show) return;
  const line = new vscode.Position(copied.line - 1, 0);
  await vscode.commands.executeCommand('vscode.open', uri, { selection: new vscode.Range(line, line) });
}

function sentenceHere({ lines, renamed }: CopiedFrom & { kind: 'here' }): string {
  if (renamed) {
    return lines > 0
      ? vscode.l10n.t(
          'The model did not write this suggestion: it was copied from {0} lines below, with the names of this place.',
          lines,
        )
      : vscode.l10n.t(
          'The model did not write this suggestion: it was copied from {0} lines above, with the names of this place.',
          -lines,
        );
  }
  return lines > 0
    ? vscode.l10n.t('The model did not write this suggestion: it was copied from {0} lines below.', lines)
    : vscode.l10n.t('The model did not write this suggestion: it was copied from {0} lines above.', -lines);
}
