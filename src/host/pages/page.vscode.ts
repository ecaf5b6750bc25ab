/**
 * Loads a built page into a webview and connects it to its request handlers. Used by the inspector panel and the
 * search view.
 */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { Log } from '../log.vscode';
import { pageHtml } from './html';
import type { PageProtocol } from '../../ipc/pages/protocol';
import { PageServer } from '../../ipc/pages/server';
import type { PageHandlers } from '../../ipc/pages/server';

export interface PageOptions<P extends PageProtocol> {
  /** Name of the folder in webview/ that the page is built from. */
  readonly name: string;
  readonly title: string;
  readonly protocol: P;
  readonly handlers: PageHandlers<P>;
  /** Absolute path of the extension's folder. */
  readonly root: string;
  readonly log: Pick<Log, 'warn' | 'error'>;
}

/**
 * Puts a page into a webview and connects it.
 *
 * @returns the host's end of the line; dispose of it when the webview goes.
 */
export function openPage<P extends PageProtocol>(webview: vscode.Webview, options: PageOptions<P>): PageServer<P> {
  const { name, title, protocol, handlers, root, log } = options;
  const file = (...path: string[]): vscode.Uri => vscode.Uri.file(join(root, ...path));
  const server = new PageServer(protocol, handlers, {
    post: (message) => void webview.postMessage(message),
    log: (level, message) => log[level](`View "${name}": ${message}`),
  });
  // Ends with the webview, and after its disposal the server answers nothing.
  webview.onDidReceiveMessage((message: unknown) => server.receive(message));
  webview.options = { enableScripts: true, localResourceRoots: [file('dist', 'webview'), file('media')] };
  webview.html = pageHtml({
    title,
    language: vscode.env.language,
    cspSource: webview.cspSource,
    nonce: randomBytes(16).toString('base64url'),
    script: webview.asWebviewUri(file('dist', 'webview', `${name}.js`)).toString(),
    style: webview.asWebviewUri(file('dist', 'webview', `${name}.css`)).toString(),
    strings: vscode.l10n.bundle ?? {},
  });
  return server;
}
