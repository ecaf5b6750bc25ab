/**
 * The inspector's webview view in the side bar: opens the page, tracks whether it listens, and sends it messages. Used
 * by `inspector.vscode.ts`.
 */
import * as vscode from 'vscode';
import { views } from '../../host/ids';
import type { Services } from '../../host/services';
import { openPage } from '../../host/pages/page.vscode';
import type { EventName, EventValue } from '../../ipc/pages/protocol';
import type { PageHandlers, PageServer } from '../../ipc/pages/server';
import { inspectorProtocol } from './messages';
import type { InspectorProtocol } from './messages';

/** The view in the side bar. It comes and goes with the user's clicks; its page sends `ready` when it can be filled. */
export class Panel implements vscode.Disposable {
  #view: { readonly view: vscode.WebviewView; readonly server: PageServer<InspectorProtocol> } | undefined;
  /** Whether the page has sent `ready`; a hidden view loses its page. */
  #listening = false;

  /** @param onClosed called when the user has closed the view: what was captured for it is shown nowhere any more */
  constructor(
    private readonly services: Pick<Services, 'log' | 'root'>,
    private readonly handlers: PageHandlers<InspectorProtocol>,
    private readonly onClosed: () => void,
  ) {}

  /** Puts the page into the view, which has been made anew. */
  fill(view: vscode.WebviewView): void {
    this.#view?.server.dispose();
    this.#listening = false;
    const { log, root } = this.services;
    const server = openPage(view.webview, {
      name: 'inspector',
      title: vscode.l10n.t('Look Inside'),
      protocol: inspectorProtocol,
      handlers: this.handlers,
      root,
      log,
    });
    this.#view = { view, server };
    view.onDidChangeVisibility(() => {
      if (!view.visible) this.#listening = false;
    });
    view.onDidDispose(() => {
      server.dispose();
      if (this.#view?.server !== server) return;
      this.#view = undefined;
      this.onClosed();
    });
  }

  get listens(): boolean {
    return this.#listening;
  }

  /** To be called when the page has sent `ready`. */
  heard(): void {
    this.#listening = true;
  }

  /** Brings the view into sight without taking the keyboard from the editor. */
  async show(): Promise<void> {
    if (this.#view !== undefined) this.#view.view.show(true);
    else await vscode.commands.executeCommand(`${views.attention}.focus`, { preserveFocus: true });
  }

  /** Sends the page an event, which is lost while there is no page: what it missed is sent once it is ready. */
  send<K extends EventName<InspectorProtocol>>(name: K, value: EventValue<InspectorProtocol, K>): void {
    this.#view?.server.send(name, value);
  }

  dispose(): void {
    this.#view?.server.dispose();
  }
}
