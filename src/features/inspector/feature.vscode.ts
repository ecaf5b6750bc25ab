/**
 * Registers the attention inspector with VS Code: its commands, its links, and the entry that other features use to
 * open it. Called by `extension.ts`; errors reach the user as warnings.
 */
import * as vscode from 'vscode';
import { commands } from '../../host/ids';
import type { Services } from '../../host/services';
import { EngineError } from '../../ipc/engine/errors';
import { Inspector } from './inspector.vscode';
import { readLink } from './links';
import { showWarning } from '../../host/notice.vscode';
import { errorMessage } from '../../common/errorMessage';

/** The attention panel, what opens it and what ties it to the editor. */
export function registerInspector(services: Services): vscode.Disposable {
  const { log, subjects } = services;
  const inspector = new Inspector(services);
  /** Shows the user why a request failed, and logs it. */
  const tell = async (work: Promise<void>): Promise<void> => {
    try {
      await work;
    } catch (error) {
      if (error instanceof EngineError && error.code === 'cancelled') return;
      const message = errorMessage(error);
      log.warn(`Attention could not be shown: ${message}`);
      void showWarning(message);
    }
  };
  subjects.provideInspector((subject) => inspector.inspect(subject));
  return vscode.Disposable.from(
    inspector,
    vscode.commands.registerCommand(commands.inspectAttention, () => tell(inspector.inspectSelection())),
    vscode.commands.registerCommand(commands.explainSuggestion, () => tell(inspector.explainSuggestion())),
    vscode.window.registerUriHandler({
      handleUri: (uri) => {
        const link = uri.path === '/attention' ? readLink(uri.query) : undefined;
        return tell(
          link === undefined
            ? Promise.reject(new Error(vscode.l10n.t('This link is no view of attention.')))
            : inspector.openLink(link),
        );
      },
    }),
  );
}
