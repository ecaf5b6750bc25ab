/**
 * *Choose a Model*: lists what the stores of other programs hold, tries what was chosen, shows its figures beside the present
 * model's and switches, and back. Loaded by the feature with the first use of its command. Nothing is copied or moved.
 */
import { homedir } from 'node:os';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { errorMessage } from '../../common/errorMessage';
import { settings as names } from '../../host/ids';
import { decoderFolder, encoderFolder } from '../../host/modelPaths';
import type { Services } from '../../host/services';
import { TrialMemory } from '../../host/trialFigures';
import { EngineError } from '../../ipc/engine/errors';
import type { EngineClient } from '../../ipc/engine/client';
import { findModels } from './findModels';
import type { FoundModel } from './findModels';
import { listGroups, trialReport } from './present';
import type { Choice, ListEntry, LookedAt, ModelUse, TrialState } from './present';
import { storesOf } from './stores';
import { readTasks } from './tasks';
import { tryModel } from './trial';
import { TrialPage } from './trialPage.vscode';

const settingOf: Readonly<Record<ModelUse, string>> = { decoder: names.modelDecoder, encoder: names.modelEncoder };

type Item = vscode.QuickPickItem & Pick<ListEntry, 'choice'> & { readonly browses?: 'folder' | 'file' };

export class ModelChooser implements vscode.Disposable {
  readonly #memory: TrialMemory;
  readonly #page: TrialPage<TrialState>;

  constructor(private readonly services: Services) {
    this.#memory = new TrialMemory(services.globalState);
    this.#page = new TrialPage(
      {
        viewType: 'glassbox.trial',
        title: vscode.l10n.t('Trial of a Model'),
        report: (state) => trialReport(state, vscode.l10n.t),
        again: ({ candidate }) => void this.#start(candidate),
        choose: () => this.choose(),
        switchTo: (which, state) => this.#use(state, which === 'candidate'),
      },
      services,
    );
  }

  /** Lets the user choose, then tries what was chosen. */
  async choose(): Promise<void> {
    const scout = this.services.engine.aside();
    try {
      const choice = await this.#pick(scout);
      if (choice !== undefined) void this.#start(choice);
    } finally {
      scout.dispose();
    }
  }

  dispose(): void {
    this.#page.dispose();
  }

  /** The list fills while models are looked at. */
  async #pick(scout: EngineClient): Promise<Choice | undefined> {
    const picker = vscode.window.createQuickPick<Item>();
    picker.title = vscode.l10n.t('Choose a Model');
    picker.placeholder = vscode.l10n.t('Models on this disk; nothing is copied, and each is tried before it is used');
    picker.matchOnDescription = true;
    picker.busy = true;
    picker.keepScrollPosition = true;
    const looked: LookedAt[] = [];
    const draw = (): void => void (picker.items = this.#items(looked));
    draw();
    picker.show();
    let isOpen = true;
    const look = async (): Promise<void> => {
      const found = await findModels(storesOf({ platform: process.platform, env: process.env, home: homedir() }));
      for (const model of found) {
        const one = await describe(scout, model);
        if (!isOpen) return;
        looked.push(one);
        draw();
      }
      if (isOpen) picker.busy = false;
    };
    void look();
    const item = await new Promise<Item | undefined>((resolve) => {
      picker.onDidAccept(() => {
        const [chosen] = picker.selectedItems;
        // What cannot be used says why and stays.
        if (chosen?.choice !== undefined || chosen?.browses !== undefined) resolve(chosen);
      });
      picker.onDidHide(() => resolve(undefined));
    });
    isOpen = false;
    picker.dispose();
    return item?.browses === undefined ? item?.choice : this.#browse(scout, item.browses);
  }

  #items(looked: readonly LookedAt[]): Item[] {
    const present = { decoder: this.#present('decoder').setting, encoder: this.#present('encoder').setting };
    const own = (['decoder', 'encoder'] as const).flatMap((use) => this.#own(use) ?? []);
    const groups = listGroups(looked, own, present, vscode.l10n.t);
    return [
      ...groups.flatMap(({ title, entries }): Item[] => [
        { label: title, kind: vscode.QuickPickItemKind.Separator },
        ...entries,
      ]),
      { label: '', kind: vscode.QuickPickItemKind.Separator },
      { label: vscode.l10n.t('$(folder-opened) A folder…'), browses: 'folder', alwaysShow: true },
      { label: vscode.l10n.t('$(file) A GGUF file…'), browses: 'file', alwaysShow: true },
    ];
  }

  async #browse(scout: EngineClient, what: 'folder' | 'file'): Promise<Choice | undefined> {
    const [place] =
      (await vscode.window.showOpenDialog({
        canSelectFolders: what === 'folder',
        canSelectFiles: what === 'file',
        ...(what === 'file' && { filters: { GGUF: ['gguf'] } }),
        openLabel: vscode.l10n.t('Try This Model'),
      })) ?? [];
    if (place === undefined) return undefined;
    const path = place.fsPath;
    const { role, name } = await scout.request('describe', { path }, { priority: 'index' });
    if (role === 'encoder-decoder')
      throw new EngineError('modelInvalid', vscode.l10n.t('It reads a text and writes another, which neither completion nor search can use.')); // prettier-ignore
    return { use: role, setting: path, path, label: name };
  }

  /** The model that comes with Glassbox. */
  #own(use: ModelUse): Choice | undefined {
    const { root } = this.services;
    const path = use === 'decoder' ? decoderFolder('', root) : encoderFolder('', root);
    if (path === undefined) return undefined;
    return { use, setting: '', path, label: vscode.l10n.t('The model that comes with Glassbox') };
  }

  /** The model in use. */
  #present(use: ModelUse): Choice {
    const { chosen, configuration, root } = this.services;
    const { modelDecoder, modelEncoder } = configuration.read();
    const setting = use === 'decoder' ? modelDecoder : modelEncoder;
    const path = use === 'decoder' ? decoderFolder(setting, root) : (encoderFolder(setting, root) ?? '');
    const label = chosen.label(setting) ?? basename(setting);
    return setting === '' || path === ''
      ? { use, setting, path, label: vscode.l10n.t('The model that comes with Glassbox') }
      : { use, setting, path, label };
  }

  async #start(candidate: Choice): Promise<void> {
    const present = this.#present(candidate.use);
    const known = this.#memory.get(present.path);
    const trial = this.#page.begin({ candidate, present, figures: { present: known }, switched: false });
    const change = (state: Partial<TrialState>): void => this.#page.change(state, trial);
    try {
      const figures = await this.#try(candidate, trial);
      change({ figures: { candidate: figures, present: known } });
      if (known === undefined && present.path !== '' && present.setting !== candidate.setting)
        change({ figures: { candidate: figures, present: await this.#try(present, trial) } });
      change({ working: undefined });
    } catch (error) {
      const isCancelled = error instanceof EngineError && error.code === 'cancelled';
      const problem = isCancelled ? undefined : errorMessage(error).replaceAll(candidate.path, candidate.label);
      change({ working: undefined, problem });
    }
  }

  /** In a process of its own, behind all other programs: the present model goes on answering. */
  async #try({ path, label }: Choice, signal: AbortSignal): ReturnType<typeof tryModel> {
    const tasks = await readTasks(this.services.root);
    const engine = this.services.engine.aside();
    const say = (working: string): void => {
      if (!signal.aborted) this.#page.change({ working }, signal);
    };
    say(vscode.l10n.t('Loading {0}…', label));
    try {
      const onProgress = (done: number): void => say(vscode.l10n.t('Trying {0}: {1} of {2} tasks…', label, done, tasks.length)); // prettier-ignore
      const figures = await tryModel(engine, path, tasks, { signal, onProgress });
      await this.#memory.put(path, figures);
      return figures;
    } finally {
      engine.dispose();
    }
  }

  async #use(state: TrialState, switched: boolean): Promise<string> {
    const { use, setting, path, label } = switched ? state.candidate : state.present;
    if (setting !== '') await this.services.chosen.remember(setting, label);
    this.services.log.info(`Another ${use} was chosen: ${path}`);
    await vscode.workspace
      .getConfiguration()
      .update(settingOf[use], setting === '' ? undefined : setting, vscode.ConfigurationTarget.Global);
    this.#page.change({ switched });
    return vscode.l10n.t('{0} is used from now on.', label);
  }
}

async function describe(scout: EngineClient, found: FoundModel): Promise<LookedAt> {
  try {
    return { found, description: await scout.request('describe', { path: found.path }, { priority: 'index' }) };
  } catch (error) {
    return { found, problem: errorMessage(error) };
  }
}
