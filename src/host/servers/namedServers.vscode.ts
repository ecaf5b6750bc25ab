/**
 * Opens the servers that settings name, once the user has confirmed each: address, confirmation, key, client. Loaded by
 * `servers.vscode.ts` with the first server that is named. The one place where confirmations are asked for.
 */
import * as vscode from 'vscode';
import { errorMessage } from '../../common/errorMessage';
import { parseAddress } from '../../servers/address';
import type { ServerAddress } from '../../servers/address';
import { ApiKey } from '../../servers/apiKey';
import { confirmationKey, confirmationQuestion, permissionFor } from '../../servers/confirmation';
import type { Permission, Reach } from '../../servers/confirmation';
import { ServerError } from '../../servers/errors';
import { HttpClient } from '../../servers/http/client';
import { askModally } from '../notice.vscode';
import type { ServerSetting } from '../settings';
import { confirmedList, forget, keep, keptIn, keyedList } from './kept';
import type { ServersContext } from './servers.vscode';
import { serverPurposes, serverSettings, serversNamedBy } from './serverState';
import type { ServerPurpose, ServerState } from './serverState';
import { UserServer } from './userServer';

/** Search sends more than the others. */
const reachOf = (purpose: ServerPurpose): Reach => (purpose === 'search' ? 'workspace' : 'excerpts');

const secretKey = (origin: string): string => `glassbox.server.key ${origin}`;

interface Named {
  /** All that an opened server depends on. */
  readonly setting: string;
  readonly server: UserServer | undefined;
  readonly state: Pick<ServerState, 'origin' | 'model' | 'phase' | 'problem'>;
}

export class NamedServers {
  readonly #named = new Map<ServerPurpose, Named>();
  /** One refresh at a time: reading a key takes a moment. */
  #refreshing: Promise<void> = Promise.resolve();

  /** @param onChange called when a server is opened, closed, or fares otherwise than before */
  constructor(
    private readonly context: ServersContext,
    private readonly onChange: () => void,
  ) {}

  get(purpose: ServerPurpose): UserServer | undefined {
    return this.#named.get(purpose)?.server;
  }

  get state(): readonly ServerState[] {
    return [...this.#named].map(([purpose, { server, state }]) => ({
      purpose,
      ...state,
      ...(server && {
        model: server.modelName,
        kind: server.known?.kind,
        phase: server.left === undefined ? 'used' : 'left',
        problem: server.left,
      }),
    }));
  }

  /** Opens what settings name by now and the user has confirmed, and closes the rest. */
  refresh(): Promise<void> {
    // One that failed does not keep the next from coming.
    this.#refreshing = this.#refreshing
      .catch(() => undefined)
      .then(async () => {
        const named = serversNamedBy(this.context.configuration.read());
        for (const purpose of serverPurposes) await this.#renew(purpose, named[purpose]);
        this.onChange();
      });
    return this.#refreshing;
  }

  /** See `Servers.useServer`. */
  async use(purpose: ServerPurpose, setting: ServerSetting): Promise<boolean> {
    if (!(await this.#mayAsk(addressOf(setting), reachOf(purpose)))) return false;
    await this.#write(purpose, setting);
    await this.refresh();
    return true;
  }

  /** See `Servers.leaveServer`. */
  async leave(purpose: ServerPurpose): Promise<void> {
    await this.#write(purpose, undefined);
    await this.refresh();
  }

  /** See `Servers.confirm`. */
  async confirm(): Promise<void> {
    const named = serversNamedBy(this.context.configuration.read());
    for (const [purpose, { state }] of [...this.#named]) {
      const setting = named[purpose];
      if (state.phase === 'unconfirmed' && setting !== null) await this.#mayAsk(addressOf(setting), reachOf(purpose));
    }
    await this.refresh();
  }

  /** See `Servers.setKey`. */
  async setKey(address: string, key: string): Promise<void> {
    const { origin } = addressOf({ address });
    const { globalState, secrets } = this.context;
    if (key === '') {
      await secrets.delete(secretKey(origin));
      await forget(globalState, keyedList, origin);
      return;
    }
    const parsed = ApiKey.parse(key);
    if ('problem' in parsed) throw new ServerError('address', parsed.problem);
    await secrets.store(secretKey(origin), key);
    await keep(globalState, keyedList, origin);
  }

  /** See `Servers.clientFor`. */
  async clientFor(setting: ServerSetting): Promise<HttpClient | undefined> {
    const address = addressOf(setting);
    return (await this.#mayAsk(address, 'excerpts'))
      ? new HttpClient({ address, apiKey: await this.#keyOf(address) })
      : undefined;
  }

  dispose(): void {
    for (const { server } of this.#named.values()) server?.dispose();
    this.#named.clear();
  }

  async #renew(purpose: ServerPurpose, setting: ServerSetting | null): Promise<void> {
    const before = this.#named.get(purpose);
    const opened = setting === null ? undefined : await this.#open(purpose, setting, before);
    if (opened === before) return;
    before?.server?.dispose();
    if (opened === undefined) this.#named.delete(purpose);
    else this.#named.set(purpose, opened);
  }

  /** @returns `before` where all is as it was */
  async #open(purpose: ServerPurpose, setting: ServerSetting, before: Named | undefined): Promise<Named> {
    const parsed = parseAddress(setting.address);
    const { model } = setting;
    const refused = (phase: ServerState['phase'], origin: string, problem?: string): Named => ({
      setting: '',
      server: undefined,
      state: { origin, model, phase, problem },
    });
    if ('problem' in parsed) return refused('invalid', '', parsed.problem);
    const { address } = parsed;
    const { origin } = address;
    const permission = this.#permission(address, reachOf(purpose));
    if (permission === 'restricted') return refused('restricted', origin);
    if (permission !== 'allowed') return refused('unconfirmed', origin);
    const text = await this.#storedKey(origin);
    const apiKey = text === '' ? undefined : ApiKey.parse(text);
    if (apiKey !== undefined && 'problem' in apiKey) return refused('invalid', origin, apiKey.problem);
    const whole = JSON.stringify([setting, text]);
    if (before?.server !== undefined && before.setting === whole) return before;
    const server = new UserServer(purpose, setting, new HttpClient({ address, apiKey }), (changed) => {
      this.#tell(changed);
    });
    return { setting: whole, server, state: { origin, model, phase: 'used' } };
  }

  /** One sentence a change: in the log, and by the state in the status item. */
  #tell(server: UserServer): void {
    const told = this.#told.get(server);
    this.#told.set(server, server.left);
    if (server.left !== undefined && told === undefined)
      this.context.log.warn(`The local model answers in place of the server at ${server.origin}: ${server.left}`);
    if (server.left === undefined && told !== undefined)
      this.context.log.info(`The server at ${server.origin} answers again.`);
    this.onChange();
  }
  readonly #told = new WeakMap<UserServer, string | undefined>();

  #permission(address: ServerAddress, reach: Reach): Permission {
    const confirmed = keptIn(this.context.globalState, confirmedList);
    const state = { trusted: vscode.workspace.isTrusted, remote: vscode.env.remoteName, confirmed };
    return permissionFor(address, state, reach);
  }

  /** Asks the user where that is needed. @throws {ServerError} `address` where the workspace is not trusted */
  async #mayAsk(address: ServerAddress, reach: Reach): Promise<boolean> {
    const permission = this.#permission(address, reach);
    if (permission === 'allowed') return true;
    if (permission === 'restricted')
      throw new ServerError('address', vscode.l10n.t('In Restricted Mode, nothing is sent to a server.'));
    const { remoteName } = vscode.env;
    const question = confirmationQuestion(address, remoteName, vscode.l10n.t, reach);
    if (!(await askModally(question, vscode.l10n.t('Use This Server')))) return false;
    await keep(this.context.globalState, confirmedList, confirmationKey(address, remoteName, reach));
    return true;
  }

  async #keyOf({ origin }: ServerAddress): Promise<ApiKey | undefined> {
    const parsed = ApiKey.parse(await this.#storedKey(origin));
    return 'problem' in parsed ? undefined : parsed;
  }

  /** Empty where there is none, or where the system's keyring, which the editor keeps secrets in, cannot be had. */
  async #storedKey(origin: string): Promise<string> {
    try {
      return (await this.context.secrets.get(secretKey(origin))) ?? '';
    } catch (error) {
      this.context.log.warn(`The key of the server at ${origin} could not be read: ${errorMessage(error)}`);
      return '';
    }
  }

  async #write(purpose: ServerPurpose, setting: ServerSetting | undefined): Promise<void> {
    const name = serverSettings[purpose];
    await vscode.workspace.getConfiguration().update(name, setting, vscode.ConfigurationTarget.Global);
  }
}

/** @throws {ServerError} `address` */
function addressOf({ address }: ServerSetting): ServerAddress {
  const parsed = parseAddress(address);
  if ('problem' in parsed) throw new ServerError('address', parsed.problem);
  return parsed.address;
}
