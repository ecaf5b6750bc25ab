/**
 * Watches what the user edits, has the next edit searched for once the keyboard rests, and shows it until it is taken, declined or
 * out of date. Loaded by the feature when an editor is first used.
 */
import * as vscode from 'vscode';
import { contexts, internalCommands } from '../../host/ids';
import type { Services } from '../../host/services';
import type { Settings } from '../../host/settings';
import { AcceptedEdits } from './acceptedEdits';
import {
  changesOf,
  isEligible,
  isOfUser,
  isUnchanged,
  mayBeChanged,
  offsetIn,
  pathOf,
  rangeOf,
  textOf,
  uriOf,
} from './documents.vscode';
import { EditDrawing } from './drawing.vscode';
import { hoverOf } from './hover.vscode';
import { ghostPlaceOf, lengthIn, mayBeGhost, placeIn } from './places.vscode';
import { Proposals } from './proposals.vscode';
import type { EndedEdit, Proposed } from './proposals.vscode';
import { EditRecorder } from './recorder';
import type { ShownEdit } from './shownEdit';
import { announcement, hint, insertedLabel, isGhostAt, tabActionAt } from './view';

/** Milliseconds without a key after which an edit is over: nothing is searched for while typing runs. */
const restsAfterMs = 400;
/** Milliseconds in one place after which the cursor rests, where no key was pressed. */
const cursorRestsAfterMs = 150;

const t = vscode.l10n.t;

export class NextEdits implements vscode.Disposable {
  readonly #recorder = new EditRecorder();
  readonly #accepted = new AcceptedEdits();
  readonly #drawing = new EditDrawing();
  readonly #proposals: Proposals;
  readonly #subscriptions: vscode.Disposable;
  #proposed: Proposed | undefined;
  /** Changes of documents so far: what was searched for before the last of them is out of date. */
  #changes = 0;
  #rests: NodeJS.Timeout | undefined;
  #cursorRests: NodeJS.Timeout | undefined;
  /** The edit that errors are waited for in, as long as nothing is changed. */
  #watched: EndedEdit | undefined;
  /** A document that was changed and is not said to differ from its file yet: what is read from disk never is, after the first key it is. */
  #unverified: vscode.TextDocument | undefined;
  /** The document that an edit is being made in on the user's word. */
  #applying: vscode.TextDocument | undefined;
  readonly #contexts = new Map<string, boolean>();
  /** Where ghost text was asked for. */
  #ghost: ShownEdit | undefined;

  constructor(private readonly services: Services) {
    const { configuration, ghostText, snooze } = services;
    this.#proposals = new Proposals(services);
    this.#subscriptions = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((event) => this.#changed(event)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#recorder.closed(pathOf(uri))),
      vscode.window.onDidChangeActiveTextEditor(() => {
        this.#open();
        this.#draw();
        this.#cursorMoved();
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#draw()),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
        if (textEditor !== vscode.window.activeTextEditor) return;
        if (this.#proposed) this.#draw();
        this.#cursorMoved();
      }),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => {
        const own = this.#watched?.document.uri.toString();
        if (own !== undefined && uris.some((uri) => uri.toString() === own)) this.#lookForErrors();
      }),
      vscode.languages.registerInlineCompletionItemProvider(
        { pattern: '**' },
        { provideInlineCompletionItems: (document, position) => this.#ghostText(document, position) },
      ),
      ghostText.onDidChange(() => this.#draw()),
      snooze.onDidChange(() => this.hide()),
      configuration.onDidChange(() => this.#configured()),
    );
    this.#open();
    this.#cursorMoved();
  }

  /** All that is proposed, the likeliest first. */
  get edits(): readonly ShownEdit[] {
    return this.#proposed?.edits ?? [];
  }

  /** What the Tab key does: goes to the place, makes the edit there, or what it does without an edit. */
  async tab(): Promise<void> {
    if (!(await this.#take())) await vscode.commands.executeCommand('tab');
  }

  /** Goes to the place and, once there, makes the edit. */
  async take(): Promise<void> {
    if (await this.#take()) return;
    const [edit] = this.edits;
    if (edit) await this.#goTo(edit);
  }

  /** With what a model says of it, where that may be asked. */
  async explained(edit: ShownEdit): Promise<ShownEdit> {
    const document = vscode.window.activeTextEditor?.document;
    return document ? this.#proposals.explained(edit, document) : edit;
  }

  /** It is not wanted: hidden, and the second time not proposed again. */
  decline(): void {
    if (this.#proposed) this.#proposals.declined.add(this.#proposed.change);
    this.hide();
  }

  /** The edit was made as ghost text. */
  accepted(): void {
    const document = vscode.window.activeTextEditor?.document;
    const [edit] = this.edits;
    if (document && edit && this.#proposed) this.#keep(edit, document, this.#proposed.change);
    this.hide();
    this.#settle();
  }

  /** The edit was made: it was wanted, unless it is taken back. */
  #keep(edit: ShownEdit, document: vscode.TextDocument, change: Proposed['change']): void {
    const declined = this.#proposals.declined.accept(change);
    this.#accepted.add({ edit, offset: offsetIn(document, rangeOf(edit).start), change, declined });
  }

  /** The user does something else than what is shown. */
  #passBy(): void {
    const [edit] = this.edits;
    if (edit && this.#proposed) this.#passed(edit, this.#proposed.change);
  }

  #passed(edit: ShownEdit, change: Proposed['change']): void {
    if ('units' in edit && typeof change !== 'string')
      this.#recorder.passed({ path: edit.path, ...edit.units, pattern: change });
  }

  /** Who takes an accepted edit back declines it, in whatever file, and its place is passed by; made again, it is wanted. */
  #tookBack(event: vscode.TextDocumentChangeEvent): void {
    if (event.reason === undefined) return;
    const [path, changes] = [pathOf(event.document.uri), changesOf(event)];
    if (event.reason === vscode.TextDocumentChangeReason.Redo) {
      const again = this.#accepted.redone(path, changes);
      if (again) this.#proposals.declined.accept(again.change);
      return;
    }
    const undone = this.#accepted.undone(path, changes);
    if (undone === undefined) return;
    this.#proposals.declined.add(undone.change, undone.declined);
    this.#passed(undone.edit, undone.change);
    // What is proposed now was found with it.
    this.hide();
  }

  hide(): void {
    if (this.#proposed === undefined) return;
    this.#proposed = undefined;
    this.#draw();
  }

  dispose(): void {
    clearTimeout(this.#rests);
    clearTimeout(this.#cursorRests);
    this.hide();
    this.#subscriptions.dispose();
    this.#proposals.dispose();
    this.#drawing.dispose();
  }

  #wanted(document: vscode.TextDocument): Settings['nextEdit'] {
    return isEligible(document) ? this.services.configuration.read(document).nextEdit : 'off';
  }

  /** Switched off, it keeps nothing of what it noted. */
  #configured(): void {
    this.hide();
    const document = vscode.window.activeTextEditor?.document;
    if (document && this.services.configuration.read(document).nextEdit === 'off') this.#recorder.forget();
    else this.#open();
  }

  /** The text of the document that is edited next has to be known before. */
  #open(): void {
    const document = vscode.window.activeTextEditor?.document;
    if (document && this.#wanted(document) !== 'off')
      this.#recorder.opened(pathOf(document.uri), () => textOf(document));
  }

  #changed(event: vscode.TextDocumentChangeEvent): void {
    const { document, contentChanges } = event;
    if (contentChanges.length === 0) {
      if (document.isDirty && this.#unverified === document) this.#unverified = undefined;
      return;
    }
    const path = pathOf(document.uri);
    this.#proposals.server.changed(event);
    if (this.#wanted(document) === 'off') {
      this.#recorder.closed(path);
      return;
    }
    this.#changes++;
    this.#proposals.cancel();
    this.#watched = undefined;
    const isTyped = this.#applying === document || isOfUser(event);
    // What an extension or the editor changes elsewhere leaves the places as they are.
    if (isTyped && this.#applying !== document) this.#passBy();
    if (isTyped || this.edits.some((edit) => edit.path === path)) this.hide();
    if (this.#unverified !== document || !document.isDirty) this.#dropUnverified();
    if (isTyped) {
      if (!document.isDirty) this.#unverified = document;
      this.#recorder.edited(path, changesOf(event), () => textOf(document));
      clearTimeout(this.#rests);
      if (this.#applying !== document) this.#rests = setTimeout(() => this.#settle(), restsAfterMs);
    } else {
      this.#recorder.replaced(path, changesOf(event), () => textOf(document));
      this.#tookBack(event);
    }
  }

  #dropUnverified(): void {
    if (this.#unverified) this.#recorder.drop();
    this.#unverified = undefined;
  }

  #settle(): void {
    clearTimeout(this.#rests);
    this.#dropUnverified();
    const isLearnt = this.#recorder.settle();
    this.#rested();
    if (isLearnt) this.#doing(this.#search());
  }

  #cursorMoved(): void {
    clearTimeout(this.#cursorRests);
    this.#cursorRests = setTimeout(() => this.#rested(), cursorRestsAfterMs);
  }

  /** The cursor rests, and no key was pressed a moment ago: what a language server says now is of the text as it is. */
  #rested(): void {
    clearTimeout(this.#cursorRests);
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || this.#recorder.isOpen || this.#wanted(editor.document) === 'off') return;
    this.#doing(this.#proposals.server.rested(editor.document, editor.selection.active));
  }

  #doing(work: Promise<void>): void {
    work.catch((error: unknown) => this.services.log.error('The next edit could not be searched for:', error));
  }

  async #search(): Promise<void> {
    const document = vscode.window.activeTextEditor?.document;
    const { ended, work } = this.#recorder;
    if (ended === undefined || document === undefined || pathOf(document.uri) !== ended.path) return;
    if (this.#wanted(document) === 'off' || this.services.snooze.until !== undefined) return;
    const edit = { document, parts: ended.parts, before: ended.before, work };
    this.#watched = edit;
    const changes = this.#changes;
    await this.#propose(this.#proposals.after(edit));
    this.#lookForErrors();
    for (const slower of ['judged', 'written'] as const) {
      if (this.#proposed !== undefined || changes !== this.#changes) return;
      await this.#propose(this.#proposals[slower](edit));
    }
  }

  /** Errors come some time after an edit. What is proposed already stays. */
  #lookForErrors(): void {
    if (this.#watched && this.#proposed === undefined)
      this.#doing(this.#propose(this.#proposals.against(this.#watched)));
  }

  /** What came of an older state of the documents would go to a wrong place. */
  async #propose(found: Promise<Proposed | undefined>): Promise<void> {
    const changes = this.#changes;
    const proposed = await found;
    if (proposed === undefined || changes !== this.#changes || this.#proposed) return;
    this.#proposed = proposed;
    this.#draw();
  }

  /** @returns whether there was something to do */
  async #take(): Promise<boolean> {
    const [edit] = this.edits;
    const editor = vscode.window.activeTextEditor;
    const action = edit && editor && tabActionAt(edit, placeIn(editor, edit));
    if (edit === undefined || editor === undefined || action === undefined) return false;
    return action === 'jump' ? this.#goTo(edit) : this.#make(edit, editor);
  }

  async #goTo(edit: ShownEdit): Promise<boolean> {
    const document = await vscode.workspace.openTextDocument(uriOf(edit.path));
    if (!isUnchanged(document, edit)) {
      this.hide();
      return false;
    }
    const { start } = rangeOf(edit);
    const editor = await vscode.window.showTextDocument(document, { selection: new vscode.Range(start, start) });
    editor.revealRange(rangeOf(edit), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    this.#draw();
    return true;
  }

  async #make(edit: ShownEdit, editor: vscode.TextEditor): Promise<boolean> {
    const { document } = editor;
    if (!isUnchanged(document, edit) || !(await mayBeChanged(edit.path))) {
      this.hide();
      return false;
    }
    const proposed = this.#proposed;
    this.#applying = document;
    try {
      if (!(await editor.edit((builder) => builder.replace(rangeOf(edit), edit.text)))) {
        this.hide();
        return false;
      }
    } finally {
      this.#applying = undefined;
    }
    if (proposed) this.#keep(edit, document, proposed.change);
    const end = document.positionAt(document.offsetAt(rangeOf(edit).start) + lengthIn(document, edit.text));
    editor.selection = new vscode.Selection(end, end);
    this.#settle();
    return true;
  }

  #ghostText(document: vscode.TextDocument, position: vscode.Position): vscode.InlineCompletionItem[] {
    const [edit] = this.edits;
    const place = {
      document: document.uri.toString(),
      version: document.version,
      line: position.line,
      character: position.character,
    };
    if (edit === undefined || !this.services.ghostText.hasEdit(place)) return [];
    const item = new vscode.InlineCompletionItem(edit.text, new vscode.Range(position, position));
    item.command = { command: internalCommands.nextEditAccepted, title: '' };
    return [item];
  }

  /** Shows what is proposed as things stand: everything that is seen follows from that. */
  #draw(): void {
    const { activity, ghostText } = this.services;
    const active = vscode.window.activeTextEditor;
    const [edit] = this.edits;
    const place = active && edit ? placeIn(active, edit) : undefined;
    const isHidden = active !== undefined && ghostText.hasCompletion(ghostPlaceOf(active));
    const action = edit && place && !isHidden ? tabActionAt(edit, place) : undefined;
    const isGhost =
      edit !== undefined && place !== undefined && !isHidden && isGhostAt(edit, place) && mayBeGhost(active);
    ghostText.offerEdit(isGhost && active ? ghostPlaceOf(active) : undefined);
    this.#setContext(contexts.nextEditShown, edit !== undefined && !isHidden);
    this.#setContext(contexts.nextEditTab, action !== undefined);
    activity.update({
      nextEdit: edit && { sentence: announcement(this.edits, place?.isThere ?? false, t), places: this.edits.length },
    });
    for (const editor of vscode.window.visibleTextEditors) {
      if (edit === undefined || isHidden) this.#drawing.clear(editor);
      else this.#drawIn(editor, edit, editor === active && action ? { action, isGhost } : undefined);
    }
    const asked = this.#ghost;
    this.#ghost = isGhost ? edit : undefined;
    if (isGhost && asked !== edit) void vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  }

  #drawIn(
    editor: vscode.TextEditor,
    edit: ShownEdit,
    own: { action: 'jump' | 'accept'; isGhost: boolean } | undefined,
  ): void {
    const { isThere, position } = placeIn(editor, edit);
    this.#drawing.draw(editor, {
      removed: isThere ? rangeOf(edit) : undefined,
      inserted: own?.isGhost === true ? '' : insertedLabel(edit, t),
      hover: hoverOf(edit),
      hint: own && { text: hint(edit, own.action, isThere, t), line: position.line },
    });
  }

  #setContext(key: string, value: boolean): void {
    if ((this.#contexts.get(key) ?? false) === value) return;
    this.#contexts.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}
