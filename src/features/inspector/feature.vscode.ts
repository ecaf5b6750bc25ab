/**
 * Registers the attention inspector with VS Code: its view, its commands, its links, and the entry that other features use
 * to open it. Called by `extension.ts`; the inspector is loaded when it is first used, and errors reach the user as warnings.
 */
import * as vscode from 'vscode';
import { commands, views } from '../../host/ids';
import type { Services } from '../../host/services';
import { EngineError } from '../../ipc/engine/errors';
import type { Inspector } from './inspector.vscode';
import { readLink } from './links';
import { showWarning } from '../../host/notice.vscode';
import { errorMessage } from '../../common/errorMessage';

/** The attention panel, what opens it and what ties it to the editor. */
export function registerInspector(services: Services): vscode.Disposable {
  const { log, subjects } = services;
  let loaded: Promise<Inspector> | undefined;
  const inspector = (): Promise<Inspector> =>
    (loaded ??= import('./inspector.vscode').then((module) => new module.Inspector(services)));
  /** Shows the user why a request failed, and logs it. */
  const tell = async (work: (inspector: Inspector) => Promise<void>): Promise<void> => {
    try {
      await work(await inspector());
    } catch (error) {
      if (error instanceof EngineError && error.code === 'cancelled') return;
      const message = errorMessage(error);
      log.warn(`Attention could not be shown: ${message}`);
      void showWarning(message);
    }
  };
  subjects.provideInspector(async (subject) => (await inspector()).inspect(subject));
  return vscode.Disposable.from(
    { dispose: () => void loaded?.then((one) => one.dispose()) },
    vscode.window.registerWebviewViewProvider(views.attention, {
      resolveWebviewView: async (view) => (await inspector()).fill(view),
    }),
    vscode.commands.registerCommand(commands.inspectAttention, () => tell((one) => one.inspectSelection())),
    vscode.commands.registerCommand(commands.explainSuggestion, () => tell((one) => one.explainSuggestion())),
    vscode.window.registerUriHandler({
      handleUri: (uri) => {
        const link = uri.path === '/attention' ? readLink(uri.query) : undefined;
        return tell((one) =>
          link === undefined
            ? Promise.reject(new Error(vscode.l10n.t('This link is no view of attention.')))
            : one.openLink(link),
        );
      },
    }),
  );
}
