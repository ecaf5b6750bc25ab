/**
 * Holds the open summaries and performs their commands: write, repeat, copy, insert, close. Created by the summarize
 * feature; refuses files that usually hold secrets.
 */
import * as vscode from 'vscode';
import type { Range } from '../../syntax/documentation';
import { pathInLanguage } from '../../syntax/languages';
import { isSecretPath } from '../../common/secrets/secretFiles';
import { decoderFolder } from '../../host/modelPaths';
import type { Services } from '../../host/services';
import { textsAround } from '../../host/nearby/nearbyTexts.vscode';
import { offerQuietComments } from './commentsView.vscode';
import { Grounds } from './grounds.vscode';
import { insert } from './insertion.vscode';
import type { NotInserted } from './insertion.vscode';
import { describeNone, plainText } from './present';
import type { Summarizer } from './summarizer';
import type { Mode, Summary } from './summary';
import { SummaryThread } from './thread.vscode';
import { showError, showInformation, showWarning } from '../../host/notice.vscode';
import { errorMessage } from '../../common/errorMessage';

/** The summaries that are open, newest last, and what can be done with them. */
export class Summaries implements vscode.Disposable {
  readonly #threads = new Set<SummaryThread>();
  #comments: vscode.CommentController | undefined;
  /** The thread whose own edit is under way: that is no reason to doubt it. */
  #inserting: SummaryThread | undefined;
  readonly grounds: Grounds;

  constructor(
    private readonly services: Services,
    private readonly summarizer: () => Promise<Summarizer>,
  ) {
    this.grounds = new Grounds(services);
  }

  /** The newest summary, for tests and for commands that name none. */
  get latest(): SummaryThread | undefined {
    return [...this.#threads].at(-1);
  }

  /** Summarizes a selection, or the symbol at a cursor. @returns the finished summary, if there is one */
  async summarize(document: vscode.TextDocument, selection: vscode.Range): Promise<Summary | undefined> {
    if (isSecretPath(document.uri.path)) {
      void showInformation(vscode.l10n.t('Files that usually hold secrets are never shown to a model.'));
      return undefined;
    }
    const range = { start: document.offsetAt(selection.start), end: document.offsetAt(selection.end) };
    const isWhole =
      selection.end.isAfter(selection.start) && document.getText(selection).trim() === document.getText().trim();
    const thread = new SummaryThread(this.#controller(), {
      document,
      iconPath: vscode.Uri.joinPath(vscode.Uri.file(this.services.root), 'media', 'icon.png'),
      writable: isWritable(document.uri.scheme),
    });
    this.#threads.add(thread);
    await this.#write(thread, range, isWhole ? 'outline' : 'sentence');
    return thread.summary;
  }

  /** Asks again about the code as it is now. */
  async again(
    thread: SummaryThread,
    change: { readonly mode?: Mode; readonly another?: boolean },
  ): Promise<Summary | undefined> {
    const { range, summary } = thread;
    if (range === undefined || summary === undefined) return undefined;
    if (change.another === true) thread.attempt++;
    thread.inserted = false;
    const whole = { start: 0, end: thread.document.getText().length };
    const { kind } = summary.subject;
    await this.#write(thread, kind === 'file' ? whole : range, change.mode ?? summary.mode, kind === 'lines');
    return thread.summary;
  }

  async copy(thread: SummaryThread): Promise<void> {
    if (thread.summary !== undefined) await vscode.env.clipboard.writeText(plainText(thread.summary));
  }

  /** @returns why nothing was inserted; undefined when it was */
  async insert(thread: SummaryThread, replace: boolean): Promise<NotInserted | undefined> {
    this.#inserting = thread;
    try {
      const reason = await insert(thread, await this.summarizer(), this.#pathOf(thread.document), replace);
      if (reason === undefined) {
        thread.inserted = true;
        thread.draw();
      } else {
        void showWarning(describeNotInserted(reason));
      }
      return reason;
    } finally {
      this.#inserting = undefined;
    }
  }

  close(thread: SummaryThread): void {
    this.#threads.delete(thread);
    this.grounds.hide(thread);
    thread.dispose();
  }

  /** The summary that a menu was opened on; the newest one where a command was run by itself. */
  find(commentThread: unknown): SummaryThread | undefined {
    return (
      [...this.#threads].find((one) => one.owns(commentThread)) ??
      (commentThread === undefined ? this.latest : undefined)
    );
  }

  /** The summary that a link was drawn in, where that is still open. */
  byId(id: unknown): SummaryThread | undefined {
    return [...this.#threads].find((one) => one.id === id);
  }

  changed({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    for (const thread of this.#threads) {
      if (thread.document !== document) continue;
      thread.follow(contentChanges, thread === this.#inserting);
      if (thread.stale) this.grounds.hide(thread);
    }
  }

  closed(document: vscode.TextDocument): void {
    for (const thread of this.#threads) if (thread.document === document) this.close(thread);
  }

  /** Stops the summaries of a document whose last tab was closed, long before VS Code lets go of the document. */
  tabClosed({ input }: vscode.Tab): void {
    if (!(input instanceof vscode.TabInputText)) return;
    const uri = input.uri.toString();
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    if (tabs.some((tab) => tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri)) return;
    for (const thread of this.#threads) if (thread.document.uri.toString() === uri) thread.stop();
  }

  dispose(): void {
    for (const thread of this.#threads) this.close(thread);
    this.grounds.dispose();
    this.#comments?.dispose();
  }

  #controller(): vscode.CommentController {
    // Made with the first summary: an editor without one has no comments.
    return (this.#comments ??= vscode.comments.createCommentController(
      'glassbox.summaries',
      vscode.l10n.t('Summaries of Glassbox'),
    ));
  }

  async #write(thread: SummaryThread, selection: Range, mode: Mode, isLines = false): Promise<void> {
    const { document, attempt } = thread;
    const { activity, configuration, engine, globalState, log, neighbours, root } = this.services;
    this.grounds.hide(thread);
    const signal = thread.begin();
    const model = decoderFolder(configuration.read(document).modelDecoder, root);
    const request = {
      text: document.getText(),
      path: this.#pathOf(document),
      selection,
      mode,
      model,
      attempt,
      isLines,
      around: () => textsAround(document, neighbours),
    };
    activity.update({ summaries: activity.state.summaries + 1 });
    try {
      const summarizer = await this.summarizer();
      const outcome = await summarizer.summarize(
        request,
        (summary) => {
          if (!signal.aborted) this.#show(thread, summary);
        },
        signal,
      );
      if (typeof outcome === 'string') {
        this.close(thread);
        void showInformation(`${describeNone(outcome, vscode.l10n.t)}.`);
        return;
      }
      thread.show(outcome);
      void engine.learnFacts(model);
      void offerQuietComments(globalState);
    } catch (error) {
      const message = errorMessage(error);
      log.error(`A summary failed: ${message}`);
      if (thread.summary === undefined) {
        this.close(thread);
        void showError(vscode.l10n.t('Nothing can be summarized: {0}', message));
      } else {
        thread.fail(message);
      }
    } finally {
      activity.update({ summaries: activity.state.summaries - 1 });
    }
  }

  /** One summary for the same code: a new one takes the place of the old. */
  #show(thread: SummaryThread, summary: Summary): void {
    const isNew = thread.summary === undefined;
    if (isNew) {
      for (const other of this.#threads) {
        const isSame =
          other.document === thread.document &&
          other.range?.start === summary.subject.start &&
          other.range.end === summary.subject.end;
        if (other !== thread && isSame) this.close(other);
      }
    }
    thread.show(summary);
    // It stands where its code begins, which need not be where the cursor is.
    if (isNew) thread.reveal(summary.lines.first);
  }

  #pathOf(document: vscode.TextDocument): string {
    return pathInLanguage(
      vscode.workspace.asRelativePath(document.uri, false).replaceAll('\\', '/'),
      document.languageId,
    );
  }
}

/** Whether edits can be saved: VS Code would also edit documents that an extension only shows, and not save them. */
function isWritable(scheme: string): boolean {
  return (
    ['untitled', 'vscode-notebook-cell'].includes(scheme) || vscode.workspace.fs.isWritableFileSystem(scheme) === true
  );
}

function describeNotInserted(reason: NotInserted): string {
  const { t } = vscode.l10n;
  switch (reason) {
    case 'documented':
      return t('There is documentation already. Replace it if you want this one instead.');
    case 'noStyle':
      return t('Glassbox knows no documentation comments of this language. The summary can be copied.');
    case 'noPlace':
      return t('No place for documentation was found here. The summary can be copied.');
    case 'changed':
      return t('The code has changed since it was summarized. Summarize it again first.');
    case 'empty':
      return t('There is nothing to insert.');
    case 'readOnly':
      return t('The document cannot be changed. The summary can be copied.');
  }
}
