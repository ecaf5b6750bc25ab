/**
 * *Use a Server…*: asks what for and where, looks there, tries the chosen model, shows its figures and switches, and back with
 * one click. Loaded by the feature with the first use of its command. Before the user has said where, nothing is asked of any
 * address; what may be asked at all, `services.servers` decides.
 */
import * as vscode from 'vscode';
import { errorMessage } from '../../../common/errorMessage';
import { labelText } from '../../../common/text/markup';
import { decoderFolder, encoderFolder } from '../../../host/modelPaths';
import { showInformation } from '../../../host/notice.vscode';
import { serverPurposes, serversNamedBy } from '../../../host/servers/serverState';
import type { ServerPurpose } from '../../../host/servers/serverState';
import type { Services } from '../../../host/services';
import type { ServerSetting } from '../../../host/settings';
import { TrialMemory } from '../../../host/trialFigures';
import type { TrialFigures } from '../../../host/trialFigures';
import { parseAddress } from '../../../servers/address';
import { whoseLoopback } from '../../../servers/confirmation';
import { ServerError } from '../../../servers/errors';
import type { HttpClient } from '../../../servers/http/client';
import { readTasks } from '../tasks';
import { tryModel } from '../trial';
import { TrialPage } from '../trialPage.vscode';
import { lookAt, lookOnThisMachine } from './findServers';
import type { FoundServer } from './findServers';
import { originOf, purposeName, serverEntries, serverReport } from './present';
import type { ServerEntry, ServerTrialState } from './present';
import { tryServer } from './tryServer';
import type { ServerCandidate, ServerTrial } from './tryServer';

type PurposeItem = vscode.QuickPickItem & { readonly purpose?: ServerPurpose; readonly leaves?: boolean; readonly forgets?: string };
type PlaceItem = vscode.QuickPickItem & { readonly place?: 'machine' | 'other' | { readonly address: string } };
type ModelItem = vscode.QuickPickItem & Partial<Pick<ServerEntry, 'candidate'>>;

export class ServerChooser implements vscode.Disposable {
  readonly #page: TrialPage<ServerTrialState>;

  constructor(private readonly services: Services) {
    this.#page = new TrialPage(
      {
        viewType: 'glassbox.serverTrial',
        title: vscode.l10n.t('Trial of a Server'),
        report: (state) => serverReport(state, vscode.l10n.t),
        again: ({ candidate }) => void this.#start(candidate),
        choose: () => this.choose(),
        switchTo: (which, state) => (which === 'candidate' ? this.#use(state) : this.#back(state)),
      },
      services,
    );
  }

  /** Lets the user choose, then tries what was chosen. */
  async choose(): Promise<void> {
    const chosen = await this.#pickPurpose();
    if (chosen?.forgets !== undefined) return this.#forgetKey(chosen.forgets);
    if (chosen?.purpose === undefined) return;
    if (chosen.leaves === true) return this.#leave(chosen.purpose);
    const place = await this.#pickPlace(chosen.purpose);
    if (place === undefined) return;
    const candidate = await this.#pickModel(chosen.purpose, place === 'machine' ? undefined : place.address);
    if (candidate !== undefined) void this.#start(candidate);
  }

  dispose(): void {
    this.#page.dispose();
  }

  #present(purpose: ServerPurpose): ServerSetting | null {
    return serversNamedBy(this.services.configuration.read())[purpose];
  }

  async #pickPurpose(): Promise<PurposeItem | undefined> {
    const local = vscode.l10n.t('The model of this machine');
    const purposes = serverPurposes.map((purpose): PurposeItem => {
      const present = this.#present(purpose);
      const description = present === null ? local : originOf(present.address);
      return { label: purposeName(purpose, vscode.l10n.t), description, purpose };
    });
    const leaving = serverPurposes
      .filter((purpose) => this.#present(purpose) !== null)
      .map((purpose): PurposeItem => ({
        label: vscode.l10n.t('$(arrow-left) Back to the model of this machine'),
        description: purposeName(purpose, vscode.l10n.t),
        purpose,
        leaves: true,
      }));
    const forgetting = this.services.servers.keyed.map((origin): PurposeItem => ({
      label: vscode.l10n.t('$(trash) Forget the key of {0}', labelText(origin)),
      forgets: origin,
    }));
    return vscode.window.showQuickPick([...purposes, ...leaving, ...forgetting], {
      title: vscode.l10n.t('Use a Server'),
      placeHolder: vscode.l10n.t('What for? Each may have a server of its own'),
    });
  }

  async #forgetKey(origin: string): Promise<void> {
    await this.services.servers.setKey(origin, '');
    void showInformation(vscode.l10n.t('The key of {0} is forgotten.', origin));
  }

  async #leave(purpose: ServerPurpose): Promise<void> {
    await this.services.servers.leaveServer(purpose);
    void showInformation(vscode.l10n.t('{0}: the model of this machine is used from now on.', purposeName(purpose, vscode.l10n.t))); // prettier-ignore
  }

  async #pickPlace(purpose: ServerPurpose): Promise<'machine' | { readonly address: string } | undefined> {
    const named = serverPurposes.flatMap((other) => this.#present(other)?.address ?? []);
    const items: PlaceItem[] = [
      {
        label: vscode.l10n.t('$(search) Look on this machine'),
        description: vscode.l10n.t('asks at the usual ports'),
        detail: whoseLoopback(vscode.env.remoteName, vscode.l10n.t),
        place: 'machine',
      },
      ...[...new Set(named)].map((address): PlaceItem => ({
        label: `$(server) ${labelText(originOf(address))}`,
        place: { address },
      })),
      { label: vscode.l10n.t('$(link) An address…'), place: 'other' },
    ];
    const item = await vscode.window.showQuickPick(items, {
      title: purposeName(purpose, vscode.l10n.t),
      placeHolder: vscode.l10n.t('Where is the server? Nothing is asked before you choose'),
    });
    return item?.place === 'other' ? this.#askAddress() : item?.place;
  }

  async #askAddress(): Promise<{ readonly address: string } | undefined> {
    const address = await vscode.window.showInputBox({
      title: vscode.l10n.t('Address of the Server'),
      placeHolder: 'http://127.0.0.1:8080',
      ignoreFocusOut: true,
      validateInput: (text) => {
        const parsed = parseAddress(text);
        return text === '' || 'address' in parsed ? undefined : parsed.problem;
      },
    });
    return address === undefined || address.trim() === '' ? undefined : { address: address.trim() };
  }

  /** The list fills while addresses are asked. @param address undefined for all the usual ones of this machine */
  async #pickModel(purpose: ServerPurpose, address: string | undefined): Promise<ServerCandidate | undefined> {
    const looking = new AbortController();
    const found: FoundServer[] = [];
    if (address !== undefined) {
      const one = await this.#lookAt(address, looking.signal);
      if (one === undefined) return undefined;
      found.push(one);
    }
    const picker = vscode.window.createQuickPick<ModelItem>();
    picker.title = purposeName(purpose, vscode.l10n.t);
    picker.placeholder = vscode.l10n.t('Which model? It is tried before it is used');
    picker.matchOnDescription = true;
    const draw = (): void => void (picker.items = itemsOf(found, purpose, picker.busy));
    const accepted = new Promise<ModelItem | undefined>((resolve) => {
      picker.onDidAccept(() => {
        const [chosen] = picker.selectedItems;
        if (chosen?.candidate !== undefined) resolve(chosen);
      });
      picker.onDidHide(() => resolve(undefined));
    });
    try {
      if (address === undefined) {
        const onFound = (one: FoundServer): void => {
          found.push(one);
          draw();
        };
        // Asks the user first where that is needed, which would close a list that is open.
        const look = await lookOnThisMachine((one) => this.#open(one), looking.signal, onFound);
        if (look === undefined) return undefined;
        picker.busy = true;
        void look.done.finally(() => {
          picker.busy = false;
          if (!looking.signal.aborted) draw();
        });
      }
      draw();
      picker.show();
      return (await accepted)?.candidate;
    } finally {
      looking.abort();
      picker.dispose();
    }
  }

  /** A server that wants a key is asked again with the one that the user gives. */
  async #lookAt(address: string, signal: AbortSignal): Promise<FoundServer | undefined> {
    try {
      return await lookAt(address, (one) => this.#open(one), signal);
    } catch (error) {
      if (!(error instanceof ServerError) || error.code !== 'unauthorized') throw error;
      const key = await vscode.window.showInputBox({
        title: vscode.l10n.t('Key for {0}', originOf(address)),
        prompt: vscode.l10n.t('It is kept by the editor, with your other secrets.'),
        password: true,
        ignoreFocusOut: true,
      });
      if (key === undefined || key.trim() === '') return undefined;
      await this.services.servers.setKey(address, key);
      return lookAt(address, (one) => this.#open(one), signal);
    }
  }

  #open(address: string): Promise<HttpClient | undefined> {
    return this.services.servers.clientFor({ address });
  }

  async #start(candidate: ServerCandidate): Promise<void> {
    const before = this.#present(candidate.purpose);
    const local = this.#localModel(candidate.purpose);
    const memory = new TrialMemory(this.services.globalState);
    const known = local === undefined ? undefined : memory.get(local);
    const trial = this.#page.begin({
      candidate,
      before,
      local: known,
      localLabel: vscode.l10n.t('the model of this machine'),
      switched: false,
      working: vscode.l10n.t('Trying {0}…', originOf(candidate.address)),
    });
    const change = (state: Partial<ServerTrialState>): void => this.#page.change(state, trial);
    try {
      change({ trial: await this.#try(candidate, trial) });
      if (known === undefined && local !== undefined) {
        change({ working: vscode.l10n.t('Trying {0}…', vscode.l10n.t('the model of this machine')) });
        const figures = await this.#tryLocal(local, trial);
        await memory.put(local, figures);
        change({ local: figures });
      }
      change({ working: undefined });
    } catch (error) {
      change({ working: undefined, problem: trial.aborted ? undefined : errorMessage(error) });
    }
  }

  /** What the purpose is served by without a server, where that can be compared. */
  #localModel(purpose: ServerPurpose): string | undefined {
    const { modelDecoder, modelEncoder } = this.services.configuration.read();
    const { root } = this.services;
    if (purpose === 'completion') return decoderFolder(modelDecoder, root);
    return purpose === 'search' ? encoderFolder(modelEncoder, root) : undefined;
  }

  async #try(candidate: ServerCandidate, signal: AbortSignal): Promise<ServerTrial> {
    const tasks = await readTasks(this.services.root);
    const http = await this.#open(candidate.address);
    if (http === undefined) throw new ServerError('cancelled', vscode.l10n.t('The server was not asked.'));
    const { t } = vscode.l10n;
    const onProgress = (done: number): void => {
      if (signal.aborted) return;
      this.#page.change({ working: t('Trying {0}: {1} done…', originOf(candidate.address), done) }, signal);
    };
    try {
      return await tryServer(http, candidate, tasks, { signal, onProgress });
    } finally {
      http.dispose();
    }
  }

  /** In a process of its own, behind all other programs: what answers now goes on answering. */
  async #tryLocal(path: string, signal: AbortSignal): Promise<TrialFigures> {
    const engine = this.services.engine.aside();
    try {
      return await tryModel(engine, path, await readTasks(this.services.root), { signal });
    } finally {
      engine.dispose();
    }
  }

  async #use({ candidate, trial }: ServerTrialState): Promise<string | undefined> {
    if (trial === undefined || !(await this.services.servers.useServer(candidate.purpose, trial.setting)))
      return undefined;
    this.#page.change({ switched: true });
    return vscode.l10n.t('{0} is used from now on.', originOf(candidate.address));
  }

  async #back({ candidate, before, localLabel }: ServerTrialState): Promise<string | undefined> {
    if (before === null) await this.services.servers.leaveServer(candidate.purpose);
    else if (!(await this.services.servers.useServer(candidate.purpose, before))) return undefined;
    this.#page.change({ switched: false });
    return vscode.l10n.t('{0} is used from now on.', before === null ? localLabel : originOf(before.address));
  }
}

function itemsOf(found: readonly FoundServer[], purpose: ServerPurpose, isLooking: boolean): ModelItem[] {
  const items = found.flatMap((server): ModelItem[] => [
    { label: originOf(server.address), kind: vscode.QuickPickItemKind.Separator },
    ...serverEntries(server, purpose, vscode.l10n.t),
  ]);
  if (items.length > 0) return items;
  return [{ label: isLooking ? vscode.l10n.t('Looking…') : vscode.l10n.t('No server answered'), alwaysShow: true }];
}
