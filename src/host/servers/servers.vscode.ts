/**
 * The servers of the user's that features may ask, by purpose: the part that is there from the start. It loads all the rest with
 * the first setting that names a server, or with the command that looks for one; without either, nothing that could open a
 * connection is loaded. Made by `extension.ts`, used by features through the services.
 */
import * as vscode from 'vscode';
import { Listeners } from '../../common/listeners';
import type { HttpClient } from '../../servers/http/client';
import type { Services } from '../services';
import type { ServerSetting } from '../settings';
import { keptIn, keyedList } from './kept';
import type { NamedServers } from './namedServers.vscode';
import { serverPurposes, serverSettings, serversNamedBy } from './serverState';
import type { ServerPurpose, ServerState } from './serverState';
import type { UserServer } from './userServer';

/** What the extension's context gives for them. */
export type ServersContext = Pick<Services, 'activity' | 'configuration' | 'globalState' | 'log'> & {
  readonly secrets: Pick<vscode.SecretStorage, 'get' | 'store' | 'delete' | 'onDidChange'>;
};

export class Servers implements vscode.Disposable {
  readonly #listeners = new Listeners();
  /** Called when another server, or none, is to be asked for a purpose. */
  readonly onDidChange = this.#listeners.add;
  readonly #subscriptions: vscode.Disposable;
  #named: NamedServers | undefined;
  #loading: Promise<NamedServers> | undefined;
  #isDisposed = false;

  constructor(private readonly context: ServersContext) {
    this.#subscriptions = vscode.Disposable.from(
      context.configuration.onDidChange((event) => {
        if (serverPurposes.some((purpose) => event.affectsConfiguration(serverSettings[purpose]))) this.#refresh();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#refresh()),
      context.secrets.onDidChange(() => this.#refresh()),
    );
    this.#refresh();
  }

  /** The server to ask; undefined where none is named, or the one that is named may not be asked. */
  get(purpose: ServerPurpose): UserServer | undefined {
    return this.#named?.get(purpose);
  }

  /** Of each purpose that a server is named for. */
  get state(): readonly ServerState[] {
    return this.#named?.state ?? [];
  }

  /**
   * Has a server used from now on, after the user has confirmed where that is needed.
   *
   * @returns false where the user declined
   * @throws {ServerError} `address`, also where the workspace is not trusted
   */
  async useServer(purpose: ServerPurpose, setting: ServerSetting): Promise<boolean> {
    return (await this.#load()).use(purpose, setting);
  }

  /** The model of this machine answers again. */
  async leaveServer(purpose: ServerPurpose): Promise<void> {
    await (await this.#load()).leave(purpose);
  }

  /** Asks about those that the settings name and nobody has confirmed. */
  async confirm(): Promise<void> {
    await (await this.#load()).confirm();
  }

  /** Origins of the servers that a key is kept for. */
  get keyed(): readonly string[] {
    return keptIn(this.context.globalState, keyedList);
  }

  /** @param key empty to forget it @throws {ServerError} `address` where it cannot be a key, or there is no such address */
  async setKey(address: string, key: string): Promise<void> {
    await (await this.#load()).setKey(address, key);
  }

  /**
   * A client to find out what a server is before it is used, confirmed like one in use. To be disposed of by the caller.
   *
   * @returns undefined where the user declined
   * @throws {ServerError} as of {@link useServer}
   */
  async clientFor(setting: ServerSetting): Promise<HttpClient | undefined> {
    return (await this.#load()).clientFor(setting);
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#subscriptions.dispose();
    this.#named?.dispose();
  }

  #refresh(): void {
    const isNamed = Object.values(serversNamedBy(this.context.configuration.read())).some(Boolean);
    if (!isNamed && this.#loading === undefined) return;
    void this.#load()
      .then((named) => named.refresh())
      .catch((error: unknown) => this.context.log.error('The named servers cannot be used:', error));
  }

  async #load(): Promise<NamedServers> {
    this.#loading ??= import('./namedServers.vscode').then(({ NamedServers }) => {
      const named = new NamedServers(this.context, () => {
        this.context.activity.update({ servers: named.state });
        this.#listeners.notify();
      });
      if (this.#isDisposed) named.dispose();
      return (this.#named = named);
    });
    return this.#loading;
  }
}
