import * as vscode from 'vscode';
import { drifted } from './drift';
import { toMarkdown } from './markdown';
import { plainText } from './present';
import type { Summary } from './summary';

/** How often, in milliseconds, a growing text is drawn anew at most: a person reads no faster. */
const drawEveryMs = 50;

export interface ThreadOptions {
  readonly document: vscode.TextDocument;
  readonly iconPath: vscode.Uri;
  /** Whether the editor can write to such documents at all. */
  readonly writable: boolean;
}

/** One summary beside its code: what it says, whether it still holds, and the request that is writing it. */
export class SummaryThread {
  summary: Summary | undefined;
  /** The code was changed after it was read. */
  stale = false;
  /** Documentation was inserted: there is nothing left to insert. */
  inserted = false;
  attempt = 0;
  readonly document: vscode.TextDocument;
  /** Where the subject is now; UTF-16 units. */
  private place: { start: number; end: number } | undefined;
  private thread: vscode.CommentThread | undefined;
  private controller = new AbortController();
  private failure: string | undefined;
  private drawing: NodeJS.Timeout | undefined;
  private disposed = false;
  /** Nothing of what is being written was shown yet. */
  private isFresh = true;

  constructor(
    private readonly comments: vscode.CommentController,
    readonly options: ThreadOptions,
  ) {
    this.document = options.document;
  }

  /** Where the subject is now; undefined before anything was said. */
  get range(): { readonly start: number; readonly end: number } | undefined {
    return this.place;
  }

  /** Ends what is being written and begins anew. @returns what ends the new request when it is aborted */
  begin(): AbortSignal {
    this.controller.abort();
    this.controller = new AbortController();
    this.failure = undefined;
    this.stale = false;
    this.isFresh = true;
    return this.controller.signal;
  }

  stop(): void {
    this.controller.abort();
  }

  show(summary: Summary): void {
    if (this.isFresh) this.place = { start: summary.subject.start, end: summary.subject.end };
    this.isFresh = false;
    this.summary = summary;
    if (summary.state === 'writing' && this.thread !== undefined) this.drawSoon();
    else this.draw();
  }

  /** Says why no more comes; what was said until then stays. */
  fail(message: string): void {
    this.failure = message;
    this.draw();
  }

  owns(thread: unknown): boolean {
    return this.thread !== undefined && thread === this.thread;
  }

  /** The document has changed: the subject has moved, or it is no longer what was read. */
  follow(changes: readonly vscode.TextDocumentContentChangeEvent[], isOwn: boolean): void {
    for (const { rangeOffset, rangeLength, text } of changes) {
      if (this.place === undefined) return;
      const moved = drifted(this.place, { start: rangeOffset, length: rangeLength, text });
      if (moved !== undefined) this.place = moved;
      else {
        const by = text.length - rangeLength;
        this.place = { start: Math.min(this.place.start, rangeOffset), end: Math.max(this.place.start, this.place.end + by) };
        if (!isOwn && !this.stale) {
          this.stale = true;
          this.draw();
        }
      }
    }
  }

  /** Draws the summary as it is now. */
  draw(): void {
    clearTimeout(this.drawing);
    this.drawing = undefined;
    const { summary } = this;
    if (summary === undefined || this.disposed) return;
    const { first } = summary.lines;
    this.thread ??= this.create(first);
    const { thread } = this;
    const line = this.place === undefined ? first : this.document.positionAt(this.place.start).line;
    if (thread.range?.start.line !== line) thread.range = new vscode.Range(line, 0, line, 0);
    const body = new vscode.MarkdownString(this.text(summary), true);
    body.supportHtml = true;
    thread.comments = [{ author: { name: 'Glassbox', iconPath: this.options.iconPath }, body, mode: vscode.CommentMode.Preview, contextValue: 'summary' }];
    thread.label = this.label(summary);
    thread.contextValue = this.context(summary);
  }

  dispose(): void {
    this.disposed = true;
    clearTimeout(this.drawing);
    this.controller.abort();
    this.thread?.dispose();
  }

  private drawSoon(): void {
    this.drawing ??= setTimeout(() => this.draw(), drawEveryMs);
  }

  /** Below the code's first line, so that what is said stands where the code begins, however long it is. */
  private create(line: number): vscode.CommentThread {
    const thread = this.comments.createCommentThread(this.document.uri, new vscode.Range(line, 0, line, 0), []);
    thread.canReply = false;
    // There is nothing to be settled about it: the list of open comments need not open for its sake.
    thread.state = vscode.CommentThreadState.Resolved;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    return thread;
  }

  private text(summary: Summary): string {
    const said = toMarkdown(this.failure === undefined ? summary : { ...summary, state: 'stopped' }, this.stale, vscode.l10n.t);
    if (this.failure === undefined) return said;
    return `$(error) ${this.failure.replaceAll(/[\\`*_{}[\]<>$]/g, '\\$&')}\n\n${said}`;
  }

  private label({ subject, lines }: Summary): string {
    const { t } = vscode.l10n;
    if (subject.kind === 'file') return t('Summary of the file');
    const from = lines.first + 1;
    const to = lines.last + 1;
    if (subject.symbol !== undefined) return t('Summary of {0}', subject.symbol.name);
    return from === to ? t('Summary of line {0}', from) : t('Summary of lines {0} to {1}', from, to);
  }

  /** Words that the menus of package.json look for. */
  private context(summary: Summary): string {
    if (summary.state === 'writing' && this.failure === undefined) return 'writing';
    const canInsert = this.options.writable && !this.stale && !this.inserted && plainText(summary) !== '' && summary.subject.kind !== 'file';
    const isDocumented = summary.subject.symbol?.documentation !== undefined;
    return ['written', ...(canInsert ? [isDocumented ? 'replaceable' : 'insertable'] : [])].join(' ');
  }
}
