/**
 * Shows which source lines a summary or one of its sentences was written from, as marks in the editor. Used by
 * `summaries.vscode.ts`; marks one summary at a time.
 */
import * as vscode from 'vscode';
import { EngineError } from '../../ipc/engine/errors';
import { colors } from '../../host/ids';
import type { Services } from '../../host/services';
import { groundsOf } from './grounding';
import type { Ground } from './grounding';
import { percentOf } from './present';
import { sentencesOf } from './sentences';
import type { AskedSentence, PartIndex, SummaryThread } from './thread.vscode';
import { showWarning } from '../../host/notice.vscode';
import { errorMessage } from '../../common/errorMessage';

/** Finds out on request which lines carried a summary, and marks them in the source. */
export class Grounds implements vscode.Disposable {
  /** Weakest first; whole lines in the strongest colour would be hard to read. */
  readonly #marks = colors.reads.slice(0, -1).map((color, level) => markType(color, level));
  /** The summary whose lines are marked: one at a time, as marks of two could not be told apart. */
  #shown: SummaryThread | undefined;
  readonly #subscription = vscode.window.onDidChangeVisibleTextEditors(() => this.#draw());

  constructor(private readonly services: Pick<Services, 'engine' | 'log' | 'subjects'>) {}

  /**
   * Shows the lines that a text, or one of its sentences, stands on; hides them where they are shown already.
   *
   * @returns what is shown then
   */
  async toggle(thread: SummaryThread, asked: AskedSentence): Promise<readonly Ground[] | undefined> {
    const now = thread.shownGrounds?.asked;
    if (!thread.isTraceable(asked.part)) return undefined;
    if (this.#shown === thread && now?.part === asked.part && now.sentence === asked.sentence) {
      this.hide(thread);
      return undefined;
    }
    if (this.#shown !== undefined && this.#shown !== thread) this.hide(this.#shown);
    this.#shown = thread;
    thread.ground(asked);
    const found = thread.known(asked.part) ?? (await this.#find(thread, asked.part));
    if (found === undefined || this.#shown !== thread) return undefined;
    thread.ground(asked, found);
    this.#draw();
    const carriers = thread.shownGrounds?.carriers;
    if (carriers?.[0] !== undefined) thread.reveal(carriers[0].first);
    return carriers;
  }

  /** Takes the marks of a summary away where they are shown. */
  hide(thread: SummaryThread): void {
    if (this.#shown !== thread) return;
    this.#shown = undefined;
    thread.ground(undefined);
    this.#draw();
  }

  /** Opens the attention panel on what the model read and wrote. */
  async lookInside(thread: SummaryThread, part: PartIndex): Promise<void> {
    const evidence = thread.sentence(part)?.evidence;
    if (evidence === undefined) return;
    const { model, promptIds, tokens } = evidence;
    try {
      await this.services.subjects.inspect({
        kind: 'summary',
        document: thread.document.uri.toString(),
        model,
        promptIds,
        tokens,
      });
    } catch (error) {
      this.#tell(error);
    }
  }

  dispose(): void {
    this.#shown = undefined;
    this.#subscription.dispose();
    for (const type of this.#marks) type.dispose();
  }

  /** @returns undefined where it was not found out */
  async #find(thread: SummaryThread, part: PartIndex): Promise<Ground[][] | undefined> {
    const evidence = thread.sentence(part)?.evidence;
    const { signal } = thread;
    try {
      if (evidence !== undefined) return await groundsOf(this.services.engine, evidence, signal);
    } catch (error) {
      this.#tell(error);
    }
    if (!signal.aborted) this.hide(thread);
    return undefined;
  }

  #tell(error: unknown): void {
    if (error instanceof EngineError && error.code === 'cancelled') return;
    const message = errorMessage(error);
    this.services.log.warn(`What a summary stands on could not be shown: ${message}`);
    void showWarning(message);
  }

  #draw(): void {
    const options = this.#shown === undefined ? [] : this.#optionsOf(this.#shown);
    for (const editor of vscode.window.visibleTextEditors) {
      const isShown = editor.document === this.#shown?.document;
      this.#marks.forEach((type, level) => editor.setDecorations(type, isShown ? (options[level] ?? []) : []));
    }
  }

  /** The marks of each level: by how much was read compared with the line that most was read of. */
  #optionsOf(thread: SummaryThread): vscode.DecorationOptions[][] {
    const levels = this.#marks.map((): vscode.DecorationOptions[] => []);
    const { asked, carriers = [] } = thread.shownGrounds ?? {};
    if (asked === undefined) return levels;
    const most = carriers[0]?.share ?? 1;
    for (const { first, last, share } of carriers) {
      const range = new vscode.Range(thread.lineNow(first), 0, thread.lineNow(last), Number.MAX_SAFE_INTEGER);
      const level = Math.min(levels.length - 1, Math.floor((share / most) * levels.length));
      levels[level]?.push({
        range: thread.document.validateRange(range),
        hoverMessage: hoverText(share, textOf(thread, asked)),
        renderOptions: { after: { contentText: `${percentOf(share)} %` } },
      });
    }
    return levels;
  }
}

function textOf(thread: SummaryThread, { part, sentence }: AskedSentence): string {
  const text = thread.sentence(part)?.text ?? '';
  const range = sentencesOf(text)[sentence];
  return range === undefined ? text : text.slice(range.start, range.end);
}

function hoverText(share: number, sentence: string): vscode.MarkdownString {
  return new vscode.MarkdownString().appendText(
    vscode.l10n.t('{0} % of what the model read of this code while it wrote: “{1}”', percentOf(share), sentence),
  );
}

function markType(color: string, level: number): vscode.TextEditorDecorationType {
  const isStrong = level >= 1;
  return vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor(color),
    // Seen in themes of high contrast only: there, the stronger half has an outline too.
    ...(isStrong
      ? {
          border: '1px solid',
          borderColor: new vscode.ThemeColor(colors.border),
          overviewRulerColor: new vscode.ThemeColor(color),
        }
      : {}),
    after: { color: new vscode.ThemeColor('editor.foreground'), fontStyle: 'italic', margin: '0 0 0 2em' },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
  });
}
