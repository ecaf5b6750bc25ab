/**
 * One summary shown as a comment thread beside its code: draws it as it grows, follows edits and marks it stale. Used
 * by `summaries.vscode.ts`, grounds and insertion.
 */
import * as vscode from 'vscode';
import { markdownText } from '../../common/text/markup';
import { internalCommands } from '../../host/ids';
import { drifted, lineShift, shifted } from './drift';
import type { LineShift } from './drift';
import { carriers, together } from './grounding';
import type { Ground } from './grounding';
import { groundsMarkdown, toMarkdown } from './markdown';
import type { CommandLink } from './markdown';
import { isShown, linesText, percentOf, plainText } from './present';
import type { SentenceOrigin, Sentence, Summary } from './summary';

/**
 * How often, in milliseconds, a growing text is drawn anew at most. VS Code hands a comment on only when it has not
 * changed for 100 ms: what is drawn more often is not seen before it is finished.
 */
const drawEveryMs = 160;

export interface ThreadOptions {
  readonly document: vscode.TextDocument;
  readonly iconPath: vscode.Uri;
  /** Whether the editor can write to such documents at all. */
  readonly writable: boolean;
}

/** What commands in the text of a summary may be run by a click on it. */
const enabledCommands: string[] = [
  internalCommands.summarySentence,
  internalCommands.summaryReveal,
  internalCommands.summaryInside,
];
let threads = 0;

/** A text of a summary: about the whole (-1) or about one of its parts. */
export type PartIndex = number;

/** What is asked of a text: one of its sentences, or all (-1). */
export interface AskedSentence {
  readonly part: PartIndex;
  readonly sentence: number;
}

/** One summary beside its code: what it says, whether it still holds, and the request that is writing it. */
export class SummaryThread {
  summary: Summary | undefined;
  /** The code was changed after it was read. */
  stale = false;
  /** Documentation was inserted: there is nothing left to insert. */
  inserted = false;
  attempt = 0;
  readonly id = ++threads;
  readonly document: vscode.TextDocument;
  /** Where the subject is now; UTF-16 units. */
  #place: { start: number; end: number } | undefined;
  #thread: vscode.CommentThread | undefined;
  #controller = new AbortController();
  #failure: string | undefined;
  #drawing: NodeJS.Timeout | undefined;
  #disposed = false;
  /** Nothing of what is being written was shown yet. */
  #isFresh = true;
  #shifts: LineShift[] = [];
  /** For each text that was asked about, the lines that its sentences stand on; undefined while that is found out. */
  readonly #grounds = new Map<PartIndex, readonly (readonly Ground[])[] | undefined>();
  #asked: AskedSentence | undefined;

  constructor(
    private readonly comments: vscode.CommentController,
    readonly options: ThreadOptions,
  ) {
    this.document = options.document;
  }

  /** Where the subject is now; undefined before the first summary. */
  get range(): { readonly start: number; readonly end: number } | undefined {
    return this.#place;
  }

  /** Ends what is being written and begins anew. @returns what ends the new request when it is aborted */
  begin(): AbortSignal {
    this.#controller.abort();
    this.#controller = new AbortController();
    this.#failure = undefined;
    this.stale = false;
    this.#isFresh = true;
    this.#shifts = [];
    this.#grounds.clear();
    this.#asked = undefined;
    return this.#controller.signal;
  }

  stop(): void {
    this.#controller.abort();
  }

  show(summary: Summary): void {
    if (this.#isFresh) this.#place = { start: summary.subject.start, end: summary.subject.end };
    this.#isFresh = false;
    const isFirst = !hasWords(this.summary) && hasWords(summary);
    this.summary = summary;
    if (summary.state === 'writing' && this.#thread !== undefined && !isFirst) this.#drawSoon();
    else this.draw();
  }

  /** Shows why the summary ends; what was written until then stays. */
  fail(message: string): void {
    this.#failure = message;
    this.draw();
  }

  owns(thread: unknown): boolean {
    return this.#thread !== undefined && thread === this.#thread;
  }

  /** Ends with the summary: whatever is found out about it is no longer wanted then. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  sentence(part: PartIndex): Sentence | undefined {
    return part < 0 ? this.summary?.main : this.summary?.parts[part]?.sentence;
  }

  /** What is shown of it; undefined while nothing is. */
  get shownGrounds(): { readonly asked: AskedSentence; readonly carriers: readonly Ground[] } | undefined {
    const asked = this.#asked;
    const known = asked && this.#grounds.get(asked.part);
    return asked === undefined || known === undefined
      ? undefined
      : { asked, carriers: carriersOf(known, asked.sentence) };
  }

  /** Shows what a text stands on, or nothing. @param found for each of its sentences; absent where it is being found out */
  ground(asked: AskedSentence | undefined, found?: readonly (readonly Ground[])[]): void {
    if (asked !== undefined) this.#grounds.set(asked.part, found ?? this.#grounds.get(asked.part));
    this.#asked = asked;
    this.draw();
  }

  /** For each of a text's sentences the lines it stands on, where they were found out. */
  known(part: PartIndex): readonly (readonly Ground[])[] | undefined {
    return this.#grounds.get(part);
  }

  /** Whether it can be found out what a text stands on. */
  isTraceable(part: PartIndex): boolean {
    const sentence = this.sentence(part);
    return sentence?.evidence !== undefined && isShown(sentence) && !this.stale && this.summary?.state !== 'writing';
  }

  /** Where a line of the summary's file stands now. */
  lineNow(line: number): number {
    return shifted(line, this.#shifts);
  }

  /** Brings a line of the summary's file into sight. */
  reveal(line: number): void {
    const range = new vscode.Range(this.lineNow(line), 0, this.lineNow(line), 0);
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document === this.document)
        editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
  }

  /** The document has changed: the subject has moved, or it is no longer what was read. */
  follow(changes: readonly vscode.TextDocumentContentChangeEvent[], isOwn: boolean): void {
    for (const { rangeOffset, rangeLength, text, range } of changes) {
      if (this.#place === undefined) return;
      const shift = lineShift({ start: range.start, end: range.end, text });
      if (shift.by !== 0) this.#shifts.push(shift);
      const moved = drifted(this.#place, { start: rangeOffset, length: rangeLength, text });
      if (moved !== undefined) this.#place = moved;
      else {
        const by = text.length - rangeLength;
        this.#place = {
          start: Math.min(this.#place.start, rangeOffset),
          end: Math.max(this.#place.start, this.#place.end + by),
        };
        if (!isOwn && !this.stale) {
          this.stale = true;
          this.#asked = undefined;
          this.draw();
        }
      }
    }
  }

  /** Draws the summary as it is now. */
  draw(): void {
    clearTimeout(this.#drawing);
    this.#drawing = undefined;
    const { summary } = this;
    if (summary === undefined || this.#disposed) return;
    const { first } = summary.lines;
    this.#thread ??= this.#create(first);
    const thread = this.#thread;
    const line = this.#place === undefined ? first : this.document.positionAt(this.#place.start).line;
    if (thread.range?.start.line !== line) thread.range = new vscode.Range(line, 0, line, 0);
    const body = new vscode.MarkdownString(this.#text(summary), true);
    body.supportHtml = true;
    body.isTrusted = { enabledCommands };
    thread.comments = [
      {
        author: { name: 'Glassbox', iconPath: this.options.iconPath },
        body,
        mode: vscode.CommentMode.Preview,
        contextValue: 'summary',
      },
    ];
    thread.label = this.#label(summary);
    thread.contextValue = this.#context(summary);
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#drawing);
    this.#controller.abort();
    this.#thread?.dispose();
  }

  #drawSoon(): void {
    this.#drawing ??= setTimeout(() => this.draw(), drawEveryMs);
  }

  /** Below the code's first line, so that the summary stands where the code begins, however long that is. */
  #create(line: number): vscode.CommentThread {
    const thread = this.comments.createCommentThread(this.document.uri, new vscode.Range(line, 0, line, 0), []);
    thread.canReply = false;
    // There is nothing to be settled about it: the list of open comments need not open for its sake.
    thread.state = vscode.CommentThreadState.Resolved;
    thread.collapsibleState = vscode.CommentThreadCollapsibleState.Expanded;
    return thread;
  }

  #text(summary: Summary): string {
    const told = this.#failure === undefined ? summary : { ...summary, state: 'stopped' as const };
    const said = toMarkdown(told, vscode.l10n.t, {
      stale: this.stale,
      link: (part, sentence) => this.#sentenceLink(part, sentence),
      origin: (from) => this.#originLink(from),
    });
    if (this.#failure === undefined) return [said, this.#groundsText()].filter((text) => text !== '').join('\n\n');
    return `$(error) ${markdownText(this.#failure)}\n\n${said}`;
  }

  #sentenceLink(part: PartIndex, sentence: number): CommandLink | undefined {
    if (!this.isTraceable(part)) return undefined;
    const { t } = vscode.l10n;
    const known = this.#grounds.get(part)?.[sentence];
    const title =
      known === undefined
        ? t('Show the lines that this sentence stands on')
        : t(
            'Stands on {0}',
            carriers(known)
              .map((one) => `${linesText(this.#now(one), t)} (${percentOf(one.share)} %)`)
              .join(', '),
          );
    return { target: commandLink(internalCommands.summarySentence, this.id, part, sentence), title };
  }

  #originLink({ path, line }: SentenceOrigin): CommandLink {
    const place = path === undefined ? this.document.uri : vscode.Uri.file(path);
    const target =
      path === undefined
        ? commandLink(internalCommands.summaryReveal, this.id, line)
        : place.with({ fragment: `L${line + 1}` }).toString();
    return {
      target,
      title: `${vscode.workspace.asRelativePath(place)}:${(path === undefined ? this.lineNow(line) : line) + 1}`,
    };
  }

  /** What is shown of the lines that a text stands on. */
  #groundsText(): string {
    const { t } = vscode.l10n;
    if (this.#asked === undefined) return '';
    const shown = this.shownGrounds;
    if (shown === undefined) return `$(loading~spin) ${t('Reading once more to see what carried it')}`;
    const title = t(
      'Part of all that the model read of this code while it wrote: what it looked at, which need not be why',
    );
    const { carriers: found } = shown;
    const lines = groundsMarkdown(
      found.map((one) => this.#now(one)),
      t,
      (index) => ({ target: commandLink(internalCommands.summaryReveal, this.id, found[index]?.first ?? 0), title }),
    );
    // What wrote from a prompt of its own can be looked into as it was written.
    if (this.sentence(shown.asked.part)?.evidence?.role !== 'decoder') return lines;
    return `${lines} · [${t('Look inside')}](${commandLink(internalCommands.summaryInside, this.id, shown.asked.part)})`;
  }

  #now<T extends { readonly first: number; readonly last: number }>(lines: T): T {
    return { ...lines, first: this.lineNow(lines.first), last: this.lineNow(lines.last) };
  }

  #label({ subject, lines }: Summary): string {
    const { t } = vscode.l10n;
    if (subject.kind === 'file') return t('Summary of the file');
    const from = lines.first + 1;
    const to = lines.last + 1;
    if (subject.symbol !== undefined) return t('Summary of {0}', subject.symbol.name);
    return from === to ? t('Summary of line {0}', from) : t('Summary of lines {0} to {1}', from, to);
  }

  /** Words that the menus of package.json look for. */
  #context(summary: Summary): string {
    if (summary.state === 'writing' && this.#failure === undefined) return 'writing';
    const canInsert =
      this.options.writable &&
      !this.stale &&
      !this.inserted &&
      plainText(summary) !== '' &&
      summary.subject.kind !== 'file';
    const isDocumented = summary.subject.symbol?.documentation !== undefined;
    return [
      'written',
      ...(this.isTraceable(-1) ? ['traceable'] : []),
      ...(canInsert ? [isDocumented ? 'replaceable' : 'insertable'] : []),
    ].join(' ');
  }
}

/** Whether the summary has any text yet. */
function hasWords(summary: Summary | undefined): boolean {
  const { main, aside, parts = [] } = summary ?? {};
  return [main, aside, ...parts.map(({ sentence }) => sentence)].some((one) => one !== undefined && one.text !== '');
}

function carriersOf(grounds: readonly (readonly Ground[])[], sentence: number): Ground[] {
  return carriers(sentence < 0 ? together(grounds) : (grounds[sentence] ?? []));
}

const commandLink = (command: string, ...args: readonly number[]): string =>
  `command:${command}?${encodeURIComponent(JSON.stringify(args))}`;
