/**
 * Asks language servers for edits that are due: the uses of a definition whose name is changed by typing, and what is to be done
 * about an error in what was just edited. Used by `nextEdits.vscode.ts`, which says when the cursor or an edit rests: nothing is
 * asked while typing runs, nothing waits, and what comes late is dropped.
 */
import * as vscode from 'vscode';
import { isSecretPath } from '../../../common/secrets/secretFiles';
import { withoutKeys } from '../../../common/secrets/withoutSecrets';
import { unixLineEnds } from '../../../common/text/cursor';
import { askedWithin } from '../../../host/languageServer.vscode';
import { digestOf, placedEdit } from '../../../nearby/edits/placedEdit';
import { Neighbours } from '../../../nearby/fileTexts';
import { mayBeChanged, pathOf, textOf } from '../documents.vscode';
import type { EditedPart } from '../recorder';
import { shownAround } from '../shownAround';
import type { ServedEdit } from '../shownEdit';
import { asOneEdit, chosenFix } from './fixes';
import type { OfferedFix } from './fixes';
import { compare } from './namePlace';
import type { NamePlace } from './namePlace';
import { RenamedName } from './renamedName';
import type { DueUse } from './renamedName';

/** A name that stands at more places is changed by the editor's own rename. */
const maxUses = 200;
/** Files that uses are looked for in. */
const maxFiles = 50;
/** Errors in what was edited that fixes are asked for. */
const maxErrors = 3;
/** Milliseconds within which a server has to say where a name stands; nothing waits for it, and the next key ends it. */
const placesDeadlineMs = 10_000;
/** Milliseconds for the quick fixes of an error. */
const fixesDeadlineMs = 2_000;
/** Quick fixes whose edits the server is asked for. */
const maxFixes = 8;

type Place = vscode.Location | vscode.LocationLink;

export class ServerEdits {
  readonly #files = new Neighbours();
  #renamed: RenamedName | undefined;
  /** Documents, versions and places that were asked about last. */
  #askedAt = '';
  #fixesAskedFor = '';

  /** Positions that are kept move along. */
  changed({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    this.#renamed?.changed(
      pathOf(document.uri),
      contentChanges.map(({ range, text }) => ({ start: range.start, end: range.end, text })),
    );
  }

  /** The cursor rests: where it is in the name of a definition, its uses are asked for, as long as the server knows the name. */
  async rested(document: vscode.TextDocument, position: vscode.Position): Promise<void> {
    const path = pathOf(document.uri);
    const word = document.getWordRangeAtPosition(position);
    if (word === undefined) return;
    // Of a name that is being changed, the server knows no uses any more.
    const known = this.#renamed?.isAt(path, word) === true ? this.#renamed : undefined;
    if (known !== undefined && (known.isRenamed || known.oldName !== document.getText(word))) return;
    const { uri, version } = document;
    const key = `${uri.toString()} ${version} ${word.start.line}:${word.start.character}`;
    if (key === this.#askedAt) return;
    this.#askedAt = key;
    const found = await referencesOfDefinition(document, word, position);
    if (this.#askedAt !== key) return;
    // Who was late may answer the next time.
    if (found === undefined) this.#askedAt = '';
    // What is told of a newer text is about something else.
    if (found === undefined || found.length > maxUses || document.version !== version) return;
    const folder = vscode.workspace.getWorkspaceFolder(uri);
    const uses = found.filter(
      (use) =>
        (use.uri.toString() !== uri.toString() || !use.range.isEqual(word)) &&
        (use.uri.scheme === 'file' || use.uri.scheme === 'untitled') &&
        !isSecretPath(use.uri.path) &&
        !use.uri.path.includes('/node_modules/') &&
        vscode.workspace.getWorkspaceFolder(use.uri) === folder,
    );
    const placeOf = ({ uri: at, range: { start, end } }: vscode.Location): NamePlace => ({
      path: pathOf(at),
      start,
      end,
    });
    const definition = placeOf(new vscode.Location(uri, word));
    if (uses.length > 0) this.#renamed = new RenamedName(document.getText(word), definition, uses.map(placeOf));
  }

  /**
   * Uses of the definition that was edited, or one of whose uses was, where the definition is called otherwise now.
   *
   * @returns in the order in which they are to be shown
   */
  async uses(document: vscode.TextDocument, parts: readonly EditedPart[]): Promise<ServedEdit[]> {
    const renamed = this.#renamed;
    const path = pathOf(document.uri);
    if (renamed === undefined || !parts.some((part) => renamed.isAt(path, part))) return [];
    const { definition, oldName: from } = renamed;
    const defining = openDocument(definition.path);
    const to = defining?.getText(rangeOf(definition)) ?? '';
    if (!renamed.renamedTo(to)) return [];
    const paths = [...new Set([path, ...renamed.uses.map((use) => use.path)])].slice(0, maxFiles);
    const edits: ServedEdit[] = [];
    for (const one of paths) {
      const text = (await mayBeChanged(one)) ? await this.#textOf(one) : undefined;
      const due = text === undefined ? [] : dueIn(text, one, renamed, to);
      const digest = due.length > 0 ? digestOf(text ?? '') : '';
      const why = { kind: 'renamed', from, to, definition } as const;
      edits.push(
        ...due.map(({ place: { start, end }, old }) => ({ path: one, digest, start, end, old, text: to, why })),
      );
    }
    // Nothing is left to do: from the next rest on, the server is asked about the new name.
    if (edits.length === 0) [this.#renamed, this.#askedAt] = [undefined, ''];
    const line = parts.at(-1)?.end.line ?? 0;
    const rank = (edit: ServedEdit): number => (edit.path !== path ? 2 : edit.start.line >= line ? 0 : 1);
    return edits.sort((a, b) => rank(a) - rank(b));
  }

  /** What is to be done about an error in what was edited, if the server is sure of it. Asked once for the same errors. */
  async fix(document: vscode.TextDocument, parts: readonly EditedPart[]): Promise<ServedEdit | undefined> {
    const { uri, version } = document;
    const edited = parts.map(rangeOf);
    const errors = vscode.languages
      .getDiagnostics(uri)
      .filter(
        ({ severity, range, tags }) =>
          severity <= vscode.DiagnosticSeverity.Warning &&
          !tags?.length &&
          edited.some((one) => range.intersection(one) !== undefined),
      );
    const key = `${uri.toString()} ${version} ${errors.map(({ message }) => message).join('\n')}`;
    if (errors.length === 0 || key === this.#fixesAskedFor || !(await mayBeChanged(pathOf(uri)))) return undefined;
    this.#fixesAskedFor = key;
    for (const { range, message } of errors.slice(0, maxErrors)) {
      const answer = await askedWithin<vscode.CodeAction>(
        fixesDeadlineMs,
        'vscode.executeCodeActionProvider',
        uri,
        range,
        vscode.CodeActionKind.QuickFix.value,
        maxFixes,
      );
      if (document.version !== version) return undefined;
      const actions = (answer ?? []).map((action) => offered(action, uri));
      const text = textOf(document);
      const fix = chosenFix(actions, text, document.getText(range));
      const edit = fix && asOneEdit(fix, text);
      const isShown = edit && shownAround(text, edit.start, edit.end, pathOf(uri)) !== undefined;
      const placed = isShown && placedEdit(pathOf(uri), text, edit);
      if (fix && placed) return { ...placed, why: { kind: 'fix', title: fix.title, message } };
    }
    return undefined;
  }

  /** Line ends are `\n`; undefined where it cannot be read. */
  async #textOf(path: string): Promise<string | undefined> {
    const open = openDocument(path);
    if (open !== undefined) return textOf(open);
    const [read] = await this.#files.read([path]);
    return read && unixLineEnds(read.text);
  }
}

/**
 * All places of what is defined at a position, by the name.
 *
 * @param word the name
 * @returns none where something else is defined there, or nothing; `undefined` where no answer has come in time
 */
async function referencesOfDefinition(
  document: vscode.TextDocument,
  word: vscode.Range,
  position: vscode.Position,
): Promise<vscode.Location[] | undefined> {
  const { uri, version } = document;
  const ask = <Item>(command: string) => askedWithin<Item>(placesDeadlineMs, command, uri, position);
  const definitions = await ask<Place>('vscode.executeDefinitionProvider');
  const isOwn = (place: vscode.Location): boolean =>
    place.uri.toString() === uri.toString() && place.range.start.isEqual(word.start);
  if (definitions?.map(locationOf).some(isOwn) !== true || document.version !== version) return definitions && [];
  return ask<vscode.Location>('vscode.executeReferenceProvider');
}

/** Lines with a secret are left as they are. */
function dueIn(text: string, path: string, renamed: RenamedName, name: string): DueUse[] {
  const lines = text.split('\n');
  const due = renamed.dueIn(path, lines, name).sort((a, b) => compare(a.place.start, b.place.start));
  if (due.length === 0) return due;
  const keyless = withoutKeys(text);
  let [above, line] = [0, 0];
  return due.filter(({ place: { start, end } }) => {
    for (; line < start.line; line++) above += (lines[line]?.length ?? 0) + 1;
    return shownAround(text, above + start.character, above + end.character, path, 0, keyless) !== undefined;
  });
}

const openDocument = (path: string): vscode.TextDocument | undefined =>
  vscode.workspace.textDocuments.find(({ uri }) => pathOf(uri) === path);

const rangeOf = ({ start, end }: EditedPart): vscode.Range =>
  new vscode.Range(start.line, start.character, end.line, end.character);

/** The name of what is defined, where the server tells it. */
const locationOf = (place: Place): vscode.Location =>
  'targetUri' in place ? new vscode.Location(place.targetUri, place.targetSelectionRange ?? place.targetRange) : place;

/** A fix that does anything but change the text of the document is none that can be shown. */
function offered({ title, isPreferred, edit, disabled }: vscode.CodeAction, uri: vscode.Uri): OfferedFix {
  const files = edit?.entries() ?? [];
  const isOwn = disabled === undefined && files.length === 1 && files[0]?.[0].toString() === uri.toString();
  const parts = isOwn ? (files[0]?.[1] ?? []) : [];
  return {
    title,
    isPreferred: isPreferred === true,
    parts: parts.map(({ range: { start, end }, newText }) => ({ start, end, text: unixLineEnds(newText) })),
  };
}
