/**
 * Controller of the attention inspector: answers the panel's requests, prepares captures of code, suggestions,
 * summaries and hits, and follows edits and the cursor. Loaded and created by the feature when it is first used.
 */
import * as vscode from 'vscode';
import { unixLineEnds } from '../../common/text/cursor';
import { decoderFolder } from '../../host/modelPaths';
import type { Relation } from '../../ipc/engine/messages/attention';
import { shownText } from '../../host/shownText.vscode';
import type { Services } from '../../host/services';
import type { Explainable } from '../../host/explainables';
import type { Grammars } from '../../syntax/grammars';
import { PageError } from '../../ipc/pages/protocol';
import type { RequestName, RequestParams } from '../../ipc/pages/protocol';
import type { PageHandlers } from '../../ipc/pages/server';
import { chooseSuggestion } from './choice.vscode';
import { compareWith } from './comparisons.vscode';
import { tellOfContext, tellOfCopy } from './copies.vscode';
import { Decorations, rangeOf } from './decorations.vscode';
import { saveExport } from './exports.vscode';
import { fileIn } from './linkedFile.vscode';
import { Inspection } from './inspection';
import type { Captured } from './inspection';
import { writeLink } from './links';
import type { AttentionLink } from './links';
import type { InspectorProtocol, CaptureView, Slot } from './messages';
import { Panel } from './panel.vscode';
import { relationsOf } from './relations.vscode';
import {
  hitOf,
  plainOffset,
  plainPosition,
  stretchOf,
  suggestionOf,
  summaryOf,
  withinOf,
} from './captureRequest.vscode';
import type { Prepared } from './captureRequest.vscode';
import { ServerTextPage } from './serverPage.vscode';
import { errorMessage } from '../../common/errorMessage';
import { grammarFolder } from '../../host/resources';

/** Milliseconds after an edit until it is found out whether the captured text still stands there. */
const staleAfterMs = 150;

/** Joins the panel, the engine's captures and the editor. */
export class Inspector implements vscode.Disposable {
  readonly #inspection: Inspection;
  readonly #panel: Panel;
  readonly #decorations = new Decorations();
  readonly #subscriptions: { dispose(): unknown }[];
  #prepared: Partial<Record<Slot, Prepared>> = {};
  #stale = false;
  #judging: NodeJS.Timeout | undefined;
  #grammars: Promise<Grammars> | undefined;
  /** State and problem to be sent to the page once it is ready. */
  #state: string | undefined;
  #problem: string | undefined;
  readonly #serverPage: ServerTextPage;

  constructor(private readonly services: Services) {
    const { engine } = services;
    this.#serverPage = new ServerTextPage(services);
    this.#inspection = new Inspection(engine, {
      shown: (captured) => this.#panel.send('shown', captured.shown),
      progress: ({ shown, done }, stack) =>
        this.#panel.send('progress', { capture: shown.capture, stack, done: done[stack] ?? 0 }),
      finished: ({ finished }) => finished && this.#panel.send('finished', finished),
    });
    this.#panel = new Panel(services, this.#handlers(), () => this.#inspection.releaseAll());
    this.#subscriptions = [
      this.#panel,
      this.#serverPage,
      this.#decorations,
      engine.onDidRestart(() => this.#inspection.forget()),
      vscode.workspace.onDidChangeTextDocument((event) => this.#edited(event)),
      vscode.window.onDidChangeTextEditorSelection((event) => this.#follow(event)),
    ];
  }

  /** Fills the panel, which the user or {@link Panel.show} has opened. */
  fill(view: vscode.WebviewView): void {
    this.#panel.fill(view);
  }

  /** Shows what the model attends to in the selected code. */
  async inspectSelection(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || editor.selection.isEmpty)
      throw new Error(vscode.l10n.t('Select the code whose attention is to be shown.'));
    const { modelDecoder } = this.services.configuration.read(editor.document);
    await this.#look(
      'main',
      stretchOf(editor.document, editor.selection, decoderFolder(modelDecoder, this.services.root), 'selection'),
    );
  }

  /** Shows why the suggestion on screen, or the last one taken, was made. */
  async explainSuggestion(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined) throw new Error(vscode.l10n.t('Open the file that the suggestion was made in.'));
    const { document, selection } = editor;
    const before = unixLineEnds(
      document.getText(
        new vscode.Range(new vscode.Position(Math.max(0, selection.active.line - 20), 0), selection.active),
      ),
    );
    const known = this.services.subjects.suggestionsAt(document.uri.toString(), before);
    if (known.length === 0) throw new Error(vscode.l10n.t('No suggestion was made in this file yet.'));
    const suggestion = await chooseSuggestion(known);
    if (suggestion === undefined) return;
    if (suggestion.server !== undefined) {
      this.#serverPage.explain(suggestion.server);
      return;
    }
    const { copied, shown = [] } = suggestion;
    if (copied !== undefined) void tellOfCopy(copied);
    else if (shown.length > 0) void tellOfContext(shown);
    await this.#look('main', suggestionOf(document, suggestion, selection.active));
  }

  async inspect(subject: Explainable): Promise<void> {
    switch (subject.kind) {
      case 'summary':
        return this.#look('main', summaryOf(subject));
      case 'hit':
        return this.#look('main', await hitOf(subject));
      case 'suggestion': {
        if (subject.server !== undefined) {
          this.#serverPage.explain(subject.server);
          return;
        }
        const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(subject.document));
        return this.#look('main', suggestionOf(document, subject, document.lineAt(document.lineCount - 1).range.end));
      }
    }
  }

  /** Opens a view from a link. @throws {Error} where there is no such file */
  async openLink({ path, start, end, state }: AttentionLink): Promise<void> {
    const found = await fileIn(vscode.workspace.workspaceFolders ?? [], path);
    if (found === undefined) throw new Error(vscode.l10n.t('There is no file {0} in this workspace.', path));
    const editor = await vscode.window.showTextDocument(found);
    editor.selection = new vscode.Selection(plainPosition(editor.document, start), plainPosition(editor.document, end));
    editor.revealRange(editor.selection);
    this.#state = state;
    await this.inspectSelection();
    if (this.#panel.listens) this.#tellState();
  }

  dispose(): void {
    clearTimeout(this.#judging);
    this.#inspection.releaseAll();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #look(slot: Slot, prepared: Prepared): Promise<void> {
    await this.#panel.show();
    this.#problem = undefined;
    if (slot === 'main') {
      this.#inspection.release('other');
      this.#decorations.clear();
      this.#stale = false;
    }
    this.#prepared = { ...(slot === 'main' ? {} : this.#prepared), [slot]: prepared };
    this.#panel.send('busy', { title: prepared.wanted.title });
    try {
      const captured = await this.#inspection.capture(slot, prepared.wanted);
      this.services.log.info(
        `Captured ${captured.shown.similarity ? 'similarity' : 'attention'} of ${captured.shown.title}: ${Math.round(captured.finished?.totalMs ?? 0)} ms, ${captured.finished?.bytes ?? 0} bytes.`,
      );
    } catch (error) {
      this.#problem = errorMessage(error);
      this.#panel.send('failed', { message: this.#problem });
      throw error;
    }
  }

  /** Everything that the page missed while it was not there. */
  #ready(): void {
    this.#panel.heard();
    this.#tellState();
    for (const slot of ['main', 'other'] as const) {
      const captured = this.#inspection.get(slot);
      if (captured === undefined) continue;
      this.#panel.send('shown', captured.shown);
      captured.done.forEach((done, stack) =>
        this.#panel.send('progress', { capture: captured.shown.capture, stack, done }),
      );
      if (captured.finished !== undefined) this.#panel.send('finished', captured.finished);
    }
    const main = this.#inspection.get('main');
    if (main !== undefined && this.#stale) this.#panel.send('stale', { capture: main.shown.capture, stale: true });
    if (this.#problem !== undefined) this.#panel.send('failed', { message: this.#problem });
  }

  /** What a link wants to be seen, once. */
  #tellState(): void {
    if (this.#state !== undefined) this.#panel.send('state', { state: this.#state });
    this.#state = undefined;
  }

  #handlers(): PageHandlers<InspectorProtocol> {
    type Passed = 'thumbnails' | 'tile' | 'weights' | 'probabilities' | 'provenance' | 'causal';
    const { engine } = this.services;
    const pass =
      <K extends Passed & RequestName<InspectorProtocol>>(method: K) =>
      (params: RequestParams<InspectorProtocol, K>, signal: AbortSignal) => {
        this.#inspection.byId(params.capture);
        return engine.request(method, params, { priority: 'inspect', signal });
      };
    return {
      requests: {
        thumbnails: pass('thumbnails'),
        tile: pass('tile'),
        weights: pass('weights'),
        probabilities: pass('probabilities'),
        provenance: pass('provenance'),
        causal: pass('causal'),
        headScores: async (params, signal) => {
          const { shown } = this.#inspection.byId(params.capture);
          const relations = await this.#relations(shown, params.stack, signal);
          return engine.request('headScores', { ...params, relations }, { priority: 'inspect', signal });
        },
        compare: async ({ capture, how }) => {
          const main = this.#mainOf(capture);
          const prepared = await compareWith(main.captured, main.prepared, how);
          if (prepared === undefined) return false;
          await this.#look('other', prepared);
          return true;
        },
        save: async ({ capture, kind, name, data, map }, signal) => {
          const captured = this.#inspection.byId(capture);
          const relations = (): Promise<Relation[]> => this.#relations(captured.shown, 0, signal);
          return saveExport({ captured, kind, name, data, map, relations, engine, root: this.services.root });
        },
      },
      notifications: {
        ready: () => this.#ready(),
        highlight: ({ capture, sequence, from, to, direction, values }) => {
          const source = this.#sourceOf(capture);
          if (source !== undefined) this.#decorations.show(source, sequence, values, direction, { from, to });
        },
        clearHighlight: () => this.#decorations.clear(),
        reveal: ({ capture, sequence, from, to }) => void this.#reveal(capture, sequence, from, to),
        recapture: ({ capture }) => void this.#recapture(capture),
        copyLink: ({ capture, state }) => void this.#copyLink(capture, state),
        captureWithin: ({ capture }) => void this.#captureWithin(capture),
        closeComparison: () => this.#inspection.release('other'),
      },
    };
  }

  /** What the editor knows of a stack's tokens; nothing of those in no document. */
  async #relations({ capture, stacks }: CaptureView, at: number, signal: AbortSignal): Promise<Relation[]> {
    const source = this.#sourceOf(capture);
    const stack = stacks[at];
    if (source === undefined || stack === undefined || stack.queries !== stack.keys) return [];
    this.#grammars ??= import('../../syntax/grammars').then(
      ({ Grammars }) => new Grammars(grammarFolder(this.services.root)),
    );
    return relationsOf(source, stack.queries, this.#grammars, this.services.log, signal);
  }

  #mainOf(capture: number): { captured: Captured; prepared: Prepared } {
    const captured = this.#inspection.get('main');
    const prepared = this.#prepared.main;
    if (captured?.shown.capture !== capture || prepared === undefined)
      throw new PageError('invalid', `There is no capture ${capture}.`);
    return { captured, prepared };
  }

  #sourceOf(capture: number): Prepared['source'] {
    const slot = (['main', 'other'] as const).find((known) => this.#inspection.get(known)?.shown.capture === capture);
    return slot && this.#prepared[slot]?.source;
  }

  async #reveal(capture: number, sequence: number, from: number, to: number): Promise<void> {
    const source = this.#sourceOf(capture);
    if (source === undefined) return;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(source.document.uri));
    const ranges = Array.from({ length: Math.min(to - from, 10_000) }, (_, i) =>
      rangeOf(document, source, sequence, from + i),
    ).filter((range) => range !== undefined);
    const [first, last] = [ranges[0], ranges.at(-1)];
    if (first === undefined || last === undefined) return;
    const editor = await vscode.window.showTextDocument(document, {
      preserveFocus: true,
      viewColumn: columnOf(document),
    });
    editor.revealRange(first.union(last), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** What the encoder attends to within the code of a search hit. */
  async #captureWithin(capture: number): Promise<void> {
    try {
      const { captured, prepared } = this.#mainOf(capture);
      const { source } = prepared;
      const span = source && spanOf(source, captured);
      if (source === undefined || span === undefined) throw new Error(vscode.l10n.t('The code is not there any more.'));
      const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(source.document.uri));
      await this.#look(
        'main',
        withinOf(prepared, document, new vscode.Range(document.positionAt(span.start), document.positionAt(span.end))),
      );
    } catch (error) {
      this.#panel.send('failed', { message: errorMessage(error) });
    }
  }

  /** A selection is read as it is now; of a suggestion, the newest is explained. */
  async #recapture(capture: number): Promise<void> {
    try {
      const { captured, prepared } = this.#mainOf(capture);
      const suggested = captured.shown.kind === 'suggestion';
      if (suggested) await this.explainSuggestion();
      const now = suggested ? undefined : await compareWith(captured, prepared, { kind: 'edit' });
      if (now !== undefined) await this.#look('main', now);
    } catch (error) {
      this.#panel.send('failed', { message: errorMessage(error) });
    }
  }

  async #copyLink(capture: number, state: string): Promise<void> {
    const { source } = this.#mainOf(capture).prepared;
    if (source === undefined) return;
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(source.document.uri));
    const span = spanOf(source, this.#mainOf(capture).captured);
    if (span === undefined) return;
    const path = vscode.workspace.asRelativePath(document.uri, false);
    const query = writeLink({
      path,
      start: plainOffset(document, document.positionAt(span.start)),
      end: plainOffset(document, document.positionAt(span.end)),
      state,
    });
    await vscode.env.clipboard.writeText(`${vscode.env.uriScheme}://glassbox.glassbox/attention?${query}`);
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const edits = contentChanges.map(({ rangeOffset: offset, rangeLength: length, text }) => ({
      offset,
      length,
      text,
    }));
    if (edits.length === 0) return;
    const { main, other } = this.#prepared;
    for (const source of new Set([main?.source, other?.source]))
      if (source?.document.uri === document.uri.toString()) source.edit(edits);
    if (main?.source?.document.uri !== document.uri.toString()) return;
    clearTimeout(this.#judging);
    this.#judging = setTimeout(() => this.#judge(document), staleAfterMs);
  }

  #judge(document: vscode.TextDocument): void {
    const captured = this.#inspection.get('main');
    const source = this.#prepared.main?.source;
    if (captured === undefined || source?.document.uri !== document.uri.toString()) return;
    const stale = !source.holds(shownText(document));
    if (stale === this.#stale) return;
    this.#stale = stale;
    this.#panel.send('stale', { capture: captured.shown.capture, stale });
  }

  #follow({ textEditor, selections, kind }: vscode.TextEditorSelectionChangeEvent): void {
    const captured = this.#inspection.get('main');
    const [selection] = selections;
    const source = this.#prepared.main?.source;
    // Only what the user does with mouse or keyboard; typing and programs move the cursor too.
    if (
      captured === undefined ||
      selection?.isEmpty !== true ||
      kind === undefined ||
      kind === vscode.TextEditorSelectionChangeKind.Command
    )
      return;
    if (source?.document.uri !== textEditor.document.uri.toString()) return;
    const found = source.tokenAt(textEditor.document.offsetAt(selection.active));
    if (found !== undefined) this.#panel.send('cursor', { capture: captured.shown.capture, ...found });
  }
}

/** From the first to the last of the captured tokens that are in the document. */
function spanOf(
  source: NonNullable<Prepared['source']>,
  { shown }: Captured,
): { start: number; end: number } | undefined {
  const ranges = shown.sequences.flatMap(({ ids }, sequence) =>
    Array.from(ids, (_, token) => source.range(sequence, token)).filter((range) => range !== undefined),
  );
  return ranges.length === 0
    ? undefined
    : { start: Math.min(...ranges.map(({ start }) => start)), end: Math.max(...ranges.map(({ end }) => end)) };
}

function columnOf(document: vscode.TextDocument): vscode.ViewColumn {
  const open = vscode.window.visibleTextEditors.find((editor) => editor.document === document);
  return open?.viewColumn ?? vscode.ViewColumn.One;
}
