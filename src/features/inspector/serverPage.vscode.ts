/**
 * The page that explains what a server wrote, in place of the inspector's panel, which has nothing to show of it. Used by the
 * inspector; `serverText.ts` says what stands there.
 */
import * as vscode from 'vscode';
import { ReportPage } from '../../host/pages/reportPage.vscode';
import type { Services } from '../../host/services';
import { serverTextReport } from './serverText';
import type { TextOfServer } from './serverText';

export class ServerTextPage implements vscode.Disposable {
  readonly #page: ReportPage;
  #explained: TextOfServer = { origin: '', model: '', tokens: [] };

  constructor(services: Services) {
    this.#page = new ReportPage(
      'glassbox.serverText',
      {
        title: vscode.l10n.t('Why This Suggestion?'),
        report: () => Promise.resolve(serverTextReport(this.#explained, vscode.l10n.t)),
        act: () => Promise.resolve(undefined),
      },
      services,
    );
  }

  explain(text: TextOfServer): void {
    this.#explained = text;
    this.#page.show();
  }

  dispose(): void {
    this.#page.dispose();
  }
}
