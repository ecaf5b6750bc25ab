/**
 * The page *Your Suggestions* in an editor of its own: what became of suggestions, to be looked at, exported and deleted.
 * Loaded by the feature when it is first opened; it shows what the learning has counted and counts nothing itself.
 */
import { homedir } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { settings as names } from '../../../host/ids';
import { openPage } from '../../../host/pages/page.vscode';
import type { Services } from '../../../host/services';
import type { PageHandlers, PageServer } from '../../../ipc/pages/server';
import { suggestionsProtocol } from '../messages';
import type { SuggestionsProtocol } from '../messages';
import { figuresOf } from './figures';
import type { Learning } from './learning.vscode';

/** The page, of which there is one at a time. */
export class SuggestionsPage implements vscode.Disposable {
  #open: { readonly panel: vscode.WebviewPanel; readonly server: PageServer<SuggestionsProtocol> } | undefined;
  readonly #subscription: { dispose(): void };

  constructor(
    private readonly learning: Learning,
    private readonly services: Pick<Services, 'configuration' | 'log' | 'root'>,
  ) {
    this.#subscription = learning.onDidChange(() => this.#open?.server.send('changed', {}));
  }

  /** Opens it, or brings it into sight. */
  show(): void {
    if (this.#open !== undefined) {
      this.#open.panel.reveal();
      return;
    }
    const { log, root } = this.services;
    const title = vscode.l10n.t('Your Suggestions');
    const panel = vscode.window.createWebviewPanel('glassbox.suggestions', title, vscode.ViewColumn.Active);
    panel.iconPath = vscode.Uri.joinPath(vscode.Uri.file(root), 'media', 'icon.svg');
    const handlers = this.#handlers();
    const server = openPage(panel.webview, {
      name: 'suggestions', title, protocol: suggestionsProtocol, handlers, root, log,
    }); // prettier-ignore
    this.#open = { panel, server };
    panel.onDidDispose(() => {
      server.dispose();
      this.#open = undefined;
    });
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#open?.panel.dispose();
  }

  #handlers(): PageHandlers<SuggestionsProtocol> {
    const { learning, services } = this;
    return {
      requests: {
        figures: async () => ({
          isLearning: services.configuration.read().completionLearning,
          ...figuresOf(
            await learning.statistics(),
            (languageId) => services.configuration.read({ languageId }).completionMinimumConfidence,
          ),
        }),
        export: async () => {
          const name = await save(JSON.stringify(await learning.statistics(), undefined, 2));
          return name === undefined ? {} : { name };
        },
        reset: async () => {
          await learning.reset();
          return {};
        },
        delete: async () => {
          await learning.delete();
          return {};
        },
      },
      notifications: {
        openSettings: () =>
          void vscode.commands.executeCommand('workbench.action.openSettings', `@id:${names.completionLearning}`),
      },
    };
  }
}

/** Asks for a place and writes there. @returns the file's name; undefined where the user changed their mind */
async function save(json: string): Promise<string | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file(homedir());
  const place = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(folder, 'suggestions.json'),
    filters: { JSON: ['json'] },
  });
  if (place === undefined) return undefined;
  await vscode.workspace.fs.writeFile(place, new TextEncoder().encode(json));
  return basename(place.path);
}
