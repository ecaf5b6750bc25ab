/**
 * The search webview view: answers the page's questions from the index and acts on the hits it shows. Created by the
 * feature; requests about an older answer are ignored.
 */
import * as vscode from 'vscode';
import type { FoundChunks as IndexAnswer, FoundChunk, SkippedFiles } from '../../ipc/indexer/protocol';
import { gapsInWords } from './gaps';
import { commands, views } from '../../host/ids';
import type { Services } from '../../host/services';
import { openPage } from '../../host/pages/page.vscode';
import type { PageServer } from '../../ipc/pages/server';
import { EngineError } from '../../ipc/engine/errors';
import { subjectOf } from './explained.vscode';
import type { ExplainedQuery } from './explained.vscode';
import { contextOf, find, findLike, openHit, peekHits, peekPlaces } from './finder.vscode';
import type { Sample } from './finder.vscode';
import { searchProtocol } from './messages';
import type { SearchAnswer, HitRef, HitRelation, SearchProtocol, SkippedList } from './messages';
import { groupHits, relatedInWords, stateOf } from './present';
import { remarkInWords } from './remarks';
import { uriOf } from './hitDocument.vscode';
import { listSkipped } from './skipped';
import { workbenchAddress } from './workbenchAddress';
import type { WorkspaceIndex } from './workspaceIndex.vscode';
import { showWarning } from '../../host/notice.vscode';
import { errorMessage } from '../../common/errorMessage';

/** The search view in the side bar. */
export class SearchView implements vscode.WebviewViewProvider, vscode.Disposable {
  #server: PageServer<SearchProtocol> | undefined;
  #webview: vscode.Webview | undefined;
  /** The answer that is shown, by which the page names hits. */
  #shown: { readonly id: number; readonly found: readonly FoundChunk[]; readonly question: ExplainedQuery } = {
    id: 0,
    found: [],
    question: { text: '', kind: 'words' },
  };
  /** The files of the list that the page names by number. */
  #skipped: SkippedFiles['files'] = [];
  #sample: Sample | undefined;
  /** What is to be sent to the page once it listens. */
  #waiting: { focus?: { text?: string } } = {};
  #listens = false;
  readonly #subscription: { dispose(): void };

  constructor(
    private readonly services: Services,
    private readonly index: WorkspaceIndex,
  ) {
    this.#subscription = index.onDidChange(() => this.#tellState());
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { root, log } = this.services;
    this.#server?.dispose();
    this.#listens = false;
    const server = openPage(view.webview, {
      name: 'search',
      title: vscode.l10n.t('Search by Meaning'),
      protocol: searchProtocol,
      root,
      log,
      handlers: {
        requests: {
          search: async ({ text }, signal) =>
            this.#answer({ text, kind: 'words' }, await find(this.index, text, signal)),
          skipped: async (_, signal) => this.#listSkipped(await this.index.request('skipped', {}, signal)),
          examples: (_, signal) => this.index.request('examples', {}, signal),
          similar: async (_, signal) =>
            this.#sample === undefined
              ? this.#answer({ text: '', kind: 'code' }, { found: [], gaps: [], remarks: [] })
              : this.#answer(
                  { text: this.#sample.code, kind: 'code' },
                  await findLike(this.index, this.#sample, signal),
                ),
        },
        notifications: {
          ready: () => this.#ready(),
          forgetSimilar: () => {
            this.#sample = undefined;
          },
          openSkipped: ({ file }) => this.#openSkipped(file),
          open: ({ how, ...place }) => this.open(place, how),
          peek: (place) => this.peek(place),
          copy: (place) => this.copy(place),
          related: ({ relation, ...place }) => this.related(place, relation),
          openAll: ({ answer }) => this.#openAll(answer),
          explain: (place) => this.explain(place),
          action: (action) => this.#act(action),
        },
      },
    });
    this.#server = server;
    this.#webview = view.webview;
    view.onDidDispose(() => {
      server.dispose();
      if (this.#server === server) this.#server = this.#webview = undefined;
    });
    // Looking at the view is what an index is made for.
    this.index.open();
  }

  /** Shows the view with the input focused. @param text fills the input */
  async show(text?: string): Promise<void> {
    this.#waiting.focus = text === undefined ? {} : { text };
    if (this.#listens) this.#tellWaiting();
    await vscode.commands.executeCommand(`${views.search}.focus`);
  }

  async showSimilar(sample: Sample): Promise<void> {
    this.#sample = sample;
    if (this.#listens) this.#server?.send('similar', { label: sample.label });
    await vscode.commands.executeCommand(`${views.search}.focus`);
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#server?.dispose();
  }

  #ready(): void {
    this.#listens = true;
    this.#tellState();
    if (this.#sample !== undefined) this.#server?.send('similar', { label: this.#sample.label });
    this.#tellWaiting();
  }

  #tellWaiting(): void {
    const { focus } = this.#waiting;
    if (focus !== undefined) this.#server?.send('focus', focus);
    this.#waiting = {};
  }

  #tellState(): void {
    if (!this.#listens) return;
    const { failure, hasWorkspace, progress, version } = this.index;
    if (!hasWorkspace)
      this.#server?.send('state', {
        kind: 'noWorkspace',
        sentence: vscode.l10n.t('Open a folder to search in it.'),
        version,
      });
    else if (failure !== undefined) this.#server?.send('state', { kind: 'failed', sentence: failure, version });
    else this.#server?.send('state', stateOf(progress, version, vscode.l10n.t));
  }

  #answer(question: ExplainedQuery, { found, gaps, remarks }: IndexAnswer): SearchAnswer {
    this.#shown = { id: this.#shown.id + 1, found, question };
    const note = gapsInWords(gaps, this.index.progress, vscode.l10n.t);
    const where = { rootName: nameOf, addressOf: (hit: FoundChunk) => this.#addressOf(hit) };
    const groups = groupHits(found, question.text, where, vscode.l10n.t);
    const said = remarks.map((remark) => remarkInWords(remark, vscode.l10n.t));
    return { id: this.#shown.id, groups, remarks: said, ...(note === undefined ? {} : { note }) };
  }

  /** In the window, which may be on another machine than this. */
  #addressOf(hit: FoundChunk): string | undefined {
    return this.#webview && workbenchAddress(this.#webview.asWebviewUri(uriOf(hit)).toString());
  }

  #listSkipped(skipped: SkippedFiles): SkippedList {
    this.#skipped = skipped.files;
    return listSkipped(skipped, nameOf, vscode.l10n.t);
  }

  #openSkipped(number: number): void {
    const file = this.#skipped[number];
    if (file !== undefined) void vscode.commands.executeCommand('vscode.open', uriOf(file));
  }

  open(place: HitRef, how: 'open' | 'preview' | 'beside'): void {
    this.#perform(place, (hit) => openHit(hit, how));
  }

  /** All hits of the file, over the editor. */
  peek(place: HitRef): void {
    this.#perform(place, (hit) =>
      peekHits(this.#shown.found.filter(({ root: of, path }) => of === hit.root && path === hit.path)),
    );
  }

  /** Its code and its place, for a conversation. */
  copy(place: HitRef): void {
    this.#perform(place, async (hit) => vscode.env.clipboard.writeText(await contextOf(hit)));
  }

  /** Shows over the hit what calls it, what it calls, or its tests, and says in the view how many there are. */
  related(place: HitRef, relation: HitRelation): void {
    this.#perform(place, async (hit) => {
      const { relatedPlaces } = await import('./related.vscode');
      const found = await relatedPlaces(this.index, hit, relation);
      this.#server?.send('said', { sentence: relatedInWords(found, relation, vscode.l10n.t) });
      if (found.places.length > 0) await peekPlaces(hit, found.places);
    });
  }

  #openAll(answer: number): void {
    const { id, found, question } = this.#shown;
    if (answer !== id || found.length === 0) return;
    import('./allHits.vscode')
      .then(({ openAllHits }) => openAllHits(question.text, found, nameOf))
      .catch((error: unknown) => {
        this.services.log.warn('The hits could not be listed:', error);
        void showWarning(errorMessage(error));
      });
  }

  /** What the page no longer shows is not acted upon. */
  #perform({ answer, hit: number }: HitRef, act: (hit: FoundChunk) => Promise<void>): void {
    const hit = answer === this.#shown.id ? this.#shown.found[number] : undefined;
    if (hit === undefined) return;
    act(hit).catch((error: unknown) => {
      this.services.log.warn('A hit could not be shown:', error);
      void showWarning(vscode.l10n.t('{0} could not be opened: it may have been moved or deleted.', hit.path));
    });
  }

  /** Shows pair by pair why the hit and the question are alike. */
  explain({ answer, hit: number }: HitRef): void {
    const { id, found, question } = this.#shown;
    const hit = answer === id ? found[number] : undefined;
    if (hit === undefined) return;
    const { subjects, log } = this.services;
    subjectOf(hit, question, this.index.modelOf(hit))
      .then((subject) => subjects.inspect(subject))
      .catch((error: unknown) => {
        if (error instanceof EngineError && error.code === 'cancelled') return;
        log.warn('Why a hit is alike could not be shown:', error);
        void showWarning(errorMessage(error));
      });
  }

  #act(action: 'openFolder' | 'pause' | 'resume' | 'retry' | 'showLog'): void {
    const byAction = {
      openFolder: 'workbench.action.files.openFolder',
      pause: commands.pauseIndexing,
      resume: commands.resumeIndexing,
      showLog: commands.showLog,
    };
    if (action === 'retry') this.index.restart();
    else void vscode.commands.executeCommand(byAction[action]);
  }
}

/** What a root is called in front of paths: nothing where there is one only. */
function nameOf(root: string): string {
  const folders = vscode.workspace.workspaceFolders ?? [];
  return folders.length < 2 ? '' : (folders.find(({ uri }) => uri.fsPath === root)?.name ?? '');
}
