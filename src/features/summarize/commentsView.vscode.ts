/**
 * Offers once to stop VS Code from opening its Comments view for summaries; changes that setting only when the user
 * agrees. Used by `summaries.vscode.ts`.
 */
import * as vscode from 'vscode';
import type { Memento } from '../../host/memento';
import { showInformation } from '../../host/notice.vscode';

const asked = 'summarize.commentsViewAsked';

/**
 * VS Code opens its Comments view with the first comment of a session, unless a setting says otherwise. That setting is
 * about the comments of every extension, so it is the user who changes it: they are asked once, ever.
 *
 * @param globalState `context.globalState`
 */
export async function offerQuietComments(globalState: Memento): Promise<void> {
  const comments = vscode.workspace.getConfiguration('comments');
  const { globalValue, workspaceValue, workspaceFolderValue } = comments.inspect('openView') ?? {};
  const isChosen = [globalValue, workspaceValue, workspaceFolderValue].some((value) => value !== undefined);
  if (isChosen || comments.get('openView') !== 'firstFile' || globalState.get(asked) === true) return;
  await globalState.update(asked, true);
  const { t } = vscode.l10n;
  const change = t('For Unresolved Ones Only');
  const choice = await showInformation(
    t(
      'VS Code opens its Comments view with the first comment of a session, and summaries are comments. Should it do that for unresolved comments only, which summaries are not?',
    ),
    change,
    t('Leave It'),
  );
  if (choice === change) await comments.update('openView', 'firstFileUnresolved', vscode.ConfigurationTarget.Global);
}
