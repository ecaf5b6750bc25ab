/**
 * Client of the index process for the open workspace: starts it, tells it folders, file changes and the encoder, and
 * reports progress. Used by the view, the finder and the tool.
 */
import { join } from 'node:path';
import * as vscode from 'vscode';
import { IndexClient } from '../../ipc/indexer/client';
import type { IndexClientOptions } from '../../ipc/indexer/client';
import { vectorModel } from '../../ipc/indexer/embedder';
import type { FoundChunk, Method, Params, Progress, Result, Root } from '../../ipc/indexer/protocol';
import { settings } from '../../host/ids';
import { pathFrom } from '../../common/files/paths';
import { News } from '../../common/news';
import { Listeners } from '../../common/listeners';
import { encoderFolder, tableFolder } from '../../host/modelPaths';
import type { Services } from '../../host/services';
import { SearchEncoder } from './encoder';
import { excludeRules } from './excludes';
import type { Comparing } from './comparing';
import { progressInWords } from './present';
import { FileChanges } from './fileChanges.vscode';
import { grammarFolder } from '../../host/resources';
import { encodingsOf } from '../../host/encodings.vscode';

/** Remembers that this workspace was searched, so that its index is kept up to date from the start. */
const usedKey = 'search.used';
/** Settings of the editor that say which files are searched, and how they are read. */
const filesSettings = ['files.exclude', 'search.exclude', 'files.encoding', 'files.autoGuessEncoding'];
/** Milliseconds after the start of the editor, which has enough to do then. */
const startAfterMs = 5_000;

/**
 * The index of the open workspace as the features of search use it: made when something is first searched, kept up to
 * date from then on, also after the next start of the editor.
 */
export class WorkspaceIndex implements vscode.Disposable {
  #client: IndexClient | undefined;
  #changes: FileChanges | undefined;
  readonly #encoder: SearchEncoder;
  readonly #listeners = new Listeners();
  readonly #subscriptions: vscode.Disposable[] = [];
  readonly #startTimer: NodeJS.Timeout | undefined;
  /** Adds a listener, called when `progress`, `failure` or `version` has changed. */
  readonly onDidChange = this.#listeners.add;
  #told: Progress | undefined;
  readonly #deaf: News;
  /** Why nothing can be searched, one sentence. */
  failure: string | undefined;
  /** Grows when there may be more to find than before. */
  version = 0;

  constructor(private readonly services: Services) {
    const { configuration, engine, log, workspaceState, root } = services;
    this.#encoder = new SearchEncoder({
      engine,
      memory: workspaceState,
      log,
      server: () => services.servers.get('search'),
      folder: () => encoderFolder(configuration.read().modelEncoder, root),
      onDidChange: () => this.#tellEncoder(),
    });
    this.#subscriptions.push(
      configuration.onDidChange((event) => {
        if (event.affectsConfiguration(settings.modelEncoder)) this.#chooseEncoder();
        if (event.affectsConfiguration(settings.searchOnBattery)) this.#tellEncoder();
      }),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.#use(editor?.document.uri)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#update()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (filesSettings.some((setting) => event.affectsConfiguration(setting))) this.#update();
      }),
    );
    let server = services.servers.get('search');
    this.#subscriptions.push(
      vscode.Disposable.from(
        services.servers.onDidChange(() => {
          if (server === services.servers.get('search')) return;
          server = services.servers.get('search');
          this.#chooseEncoder();
        }),
      ),
    );
    this.#deaf = new News((sentence) => log.warn(sentence));
    this.#subscriptions.push(vscode.Disposable.from(services.power.onDidChange(() => this.#tellEncoder())));
    if (services.workspaceState.get(usedKey) === true) this.#startTimer = setTimeout(() => this.open(), startAfterMs);
  }

  /** How far the index is, as the process last reported; while it is idle, why there is no encoder, if so. */
  get progress(): Progress | undefined {
    const { problem } = this.#encoder;
    if (this.#told?.phase !== 'idle' || problem === undefined) return this.#told;
    return { trouble: problem, ...this.#told };
  }

  /** Whether there is anything that could be searched. */
  get hasWorkspace(): boolean {
    return this.services.storage !== undefined && folders().length > 0;
  }

  /** Starts the process where it does not run yet. */
  open(): void {
    if (!this.hasWorkspace) return;
    this.#connect().start();
  }

  /** @throws {IndexError} see {@link IndexClient.request} */
  request<M extends Method>(method: M, params: Params<M>, signal?: AbortSignal): Promise<Result<M>> {
    return this.#connect().request(method, params, signal);
  }

  /** Ends the process and starts a new one, also after a failure. */
  restart(): void {
    this.failure = undefined;
    this.#connect().restart();
  }

  /** Throws the index away; the next search makes a new one. */
  async clear(): Promise<void> {
    await this.request('clear', {});
    await this.services.workspaceState.update(usedKey, undefined);
    this.#disconnect();
    this.#told = undefined;
    this.version++;
    this.#tell();
  }

  /**
   * Throws away the vectors that all workspaces share and the indexes of folders that have left this one. Where no process
   * runs, one runs for that alone, and indexes nothing.
   */
  async clearCaches(): Promise<void> {
    const keep = folders().map(({ uri }) => uri.fsPath);
    const running = this.#client;
    const { log } = this.services;
    const client =
      running ??
      new IndexClient({
        ...this.#program(),
        roots: () => [],
        log: (level, message) => log[level](message),
      });
    try {
      await client.request('clearCaches', { keep });
    } finally {
      if (running === undefined) client.dispose();
    }
    log.info('Vectors that all workspaces share and indexes of other folders are removed.');
  }

  dispose(): void {
    clearTimeout(this.#startTimer);
    this.#disconnect();
    vscode.Disposable.from(...this.#subscriptions).dispose();
  }

  /** The model that has compared a hit with the question; the table where none of this machine has. */
  modelOf({ piece }: Pick<FoundChunk, 'piece'>): Comparing {
    const { configuration, root, servers } = this.services;
    const { facts } = this.#encoder;
    const folder = encoderFolder(configuration.read().modelEncoder, root);
    if (facts !== undefined && piece.model === vectorModel(facts) && servers.get('search') !== undefined)
      return { folder: tableFolder(root), isTable: true, byServer: true };
    if (folder !== undefined && facts !== undefined && piece.model === vectorModel(facts))
      return { folder, isTable: false };
    return { folder: tableFolder(root), isTable: true };
  }

  #connect(): IndexClient {
    if (this.#client !== undefined) return this.#client;
    const { storage, log, workspaceState } = this.services;
    if (storage === undefined) throw new Error('There is no workspace.');
    void workspaceState.update(usedKey, true);
    const client = new IndexClient({
      ...this.#program(),
      roots,
      encoder: () => this.#encoder.facts,
      encoderRests: () => this.#rests,
      embed: this.#encoder.embed,
      log: (level, message) => log[level](message),
      onState: (state) => {
        this.failure = state.kind === 'failed' ? state.reason : undefined;
        if (state.kind !== 'ready') this.#told = undefined;
        this.#tell();
      },
      onProgress: (progress) => {
        const before = this.#told;
        // What is committed can be found; at the end, what is gone no longer, and all by what the encoder says.
        if (
          progress.chunks !== before?.chunks ||
          (progress.phase !== before.phase && !['indexing', 'refining'].includes(progress.phase))
        )
          this.version++;
        this.#told = progress;
        this.#tell();
      },
      onBetter: () => {
        this.version++;
        this.#tell();
      },
    });
    this.#changes = new FileChanges((root, paths) =>
      this.#tellIndex(client.request('changed', { root, ...(paths === undefined ? {} : { paths }) })),
    );
    this.#changes.watch(folders());
    this.#client = client;
    void this.#encoder.learn();
    return client;
  }

  /** What is started, and with what. */
  #program(): Pick<IndexClientOptions, 'modulePath' | 'start'> {
    const { root, storage, shared } = this.services;
    return {
      modulePath: join(root, 'dist', 'indexer.js'),
      start: {
        // Without a workspace there are no indexes, and no folder for them.
        storage: join(storage ?? join(shared, 'none'), 'index'),
        shared,
        model: tableFolder(root),
        grammars: grammarFolder(root),
      },
    };
  }

  /** Another encoder, or none, is to compare meanings from now on. */
  #chooseEncoder(): void {
    if (this.#client === undefined) return;
    void this.#encoder.learn();
    this.#tellEncoder();
  }

  #tellEncoder(): void {
    const { facts } = this.#encoder;
    this.#send('encoder', { ...(facts === undefined ? {} : { encoder: facts }), rests: this.#rests });
    this.#tell();
  }

  /** Whether the encoder embeds nothing in the background for now. */
  get #rests(): boolean {
    return this.services.power.onBattery && !this.services.configuration.read().searchOnBattery;
  }

  /** Opened files are likely to be searched: the encoder reads them first. */
  #use(uri: vscode.Uri | undefined): void {
    if (uri?.scheme !== 'file') return;
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    if (folder !== undefined)
      this.#send('used', { root: folder.uri.fsPath, path: pathFrom(folder.uri.path, uri.path) });
  }

  /** Sends the process a request, where it is ready, without waiting for the answer. */
  #send<M extends 'encoder' | 'used'>(method: M, params: Params<M>): void {
    if (this.#client?.state.kind !== 'ready') return;
    this.#tellIndex(this.#client.request(method, params));
  }

  /** Logs once why the index cannot be reached, and again only after a request has succeeded in between. */
  #tellIndex(request: Promise<unknown>): void {
    request.then(
      () => this.#deaf.clear(),
      (error: unknown) => this.#deaf.tell(`The index was not told what changed: ${String(error)}`),
    );
  }

  #disconnect(): void {
    this.#client?.dispose();
    this.#changes?.dispose();
    this.#client = undefined;
    this.#changes = undefined;
  }

  /** Other folders, or others of their files, are to be searched from now on. */
  #update(): void {
    if (this.#client === undefined) return;
    this.#changes?.watch(folders());
    this.#tellIndex(this.#client.request('open', { roots: roots() }));
    this.version++;
    this.#tell();
  }

  #tell(): void {
    const { progress } = this;
    const phase = progress?.phase === 'indexing' || progress?.phase === 'paused' ? progress.phase : 'idle';
    const known = progress?.total !== undefined && progress.total > 0;
    this.services.activity.update({
      index:
        this.#client === undefined
          ? undefined
          : {
              process: this.#client.state,
              phase,
              share: phase !== 'idle' && known ? progress.files / (progress.total ?? 1) : undefined,
              sentence: this.failure ?? (progress === undefined ? '' : progressInWords(progress, vscode.l10n.t)),
            },
    });
    this.#listeners.notify();
  }
}

/** Folders of this machine: what lies elsewhere cannot be read by the process. */
function folders(): vscode.WorkspaceFolder[] {
  return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
}

function roots(): Root[] {
  const open = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
    tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : [])),
  );
  return folders().map((folder) => {
    const setting = (name: string): unknown => vscode.workspace.getConfiguration(name, folder).get('exclude');
    const first = open
      .filter((uri) => vscode.workspace.getWorkspaceFolder(uri) === folder)
      .map((uri) => pathFrom(folder.uri.path, uri.path));
    return {
      path: folder.uri.fsPath,
      excludes: excludeRules(setting('files'), setting('search')),
      first,
      encodings: encodingsOf(folder),
    };
  });
}
