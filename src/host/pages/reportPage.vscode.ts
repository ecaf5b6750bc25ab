/**
 * A page of facts in an editor of its own, of which there is one at a time. *Diagnose* and the trial of a model give it what
 * it shows and do what its buttons ask for; it decides nothing itself.
 */
import * as vscode from 'vscode';
import { reportProtocol } from '../../ipc/pages/report';
import type { Report, ReportProtocol } from '../../ipc/pages/report';
import type { PageServer } from '../../ipc/pages/server';
import type { Services } from '../services';
import { openPage } from './page.vscode';

export interface ReportSource {
  readonly title: string;
  report(): Promise<Report>;
  /** A button was pressed. @returns what there is to say about it */
  act(id: string): Promise<string | undefined>;
  /** The page was closed. */
  closed?(): void;
}

export class ReportPage implements vscode.Disposable {
  #open: { readonly panel: vscode.WebviewPanel; readonly server: PageServer<ReportProtocol> } | undefined;

  /** @param viewType names the page to the editor */
  constructor(
    private readonly viewType: string,
    private readonly source: ReportSource,
    private readonly services: Pick<Services, 'log' | 'root'>,
  ) {}

  /** Opens it, or brings it into sight with what is true now. */
  show(): void {
    if (this.#open !== undefined) {
      this.#open.panel.reveal();
      this.changed();
      return;
    }
    const { log, root } = this.services;
    const { title } = this.source;
    const panel = vscode.window.createWebviewPanel(this.viewType, title, vscode.ViewColumn.Active);
    panel.iconPath = vscode.Uri.joinPath(vscode.Uri.file(root), 'media', 'icon.svg');
    const server = openPage(panel.webview, {
      name: 'report',
      title,
      protocol: reportProtocol,
      handlers: {
        requests: {
          report: () => this.source.report(),
          act: async ({ id }) => {
            const said = await this.source.act(id);
            return said === undefined ? {} : { said };
          },
        },
        notifications: {},
      },
      root,
      log,
    });
    this.#open = { panel, server };
    panel.onDidDispose(() => {
      server.dispose();
      this.#open = undefined;
      this.source.closed?.();
    });
  }

  /** There is another report than before. */
  changed(): void {
    this.#open?.server.send('changed', {});
  }

  dispose(): void {
    this.#open?.panel.dispose();
  }
}
