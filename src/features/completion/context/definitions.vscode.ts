/**
 * Context for the model from the language server: the declarations of the names before the cursor, looked up when it rests. Loaded
 * by the completion feature where the setting wants it; no key press waits for it.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import { Neighbours } from '../../../nearby/fileTexts';
import type { ContextSnippet } from '../../../ipc/engine/protocol';
import { asked } from '../../../host/languageServer.vscode';
import { shownText } from '../../../host/shownText.vscode';
import { declarationIn, namesBefore } from './declarations';

/** Declarations that are shown. */
const most = 6;
/** What was found stays while the cursor is within so many lines: another context has all of the prompt read again. */
const nearLines = 12;
/** Of what stands before the cursor, so much is looked at. Lines. */
const readLines = 12;

interface Found {
  readonly document: vscode.TextDocument;
  readonly line: number;
  readonly snippets: readonly ContextSnippet[];
}

/** What a server answers: a whole declaration, or where its name stands. */
type Place = vscode.Location | vscode.LocationLink;

/** The declarations around the place where the cursor last rested, for the prompts of its document. */
export class DefinitionContext {
  readonly #texts = new Neighbours();
  #found: Found | undefined;
  #turn = 0;

  /** @param deadlineMs names for which no server has answered by then are left out */
  constructor(private readonly deadlineMs = 300) {}

  /** What is known of a document now. */
  of(document: vscode.TextDocument): readonly ContextSnippet[] {
    return this.#found?.document === document ? this.#found.snippets : [];
  }

  /** Looks for what a resting cursor stands behind, if that is not near the place that was looked at last. */
  async look(document: vscode.TextDocument, position: vscode.Position): Promise<void> {
    const last = this.#found;
    if (last?.document === document && Math.abs(last.line - position.line) <= nearLines) return;
    const turn = ++this.#turn;
    const places = await placesOf(document, position, this.deadlineMs);
    const snippets: ContextSnippet[] = [];
    for (const place of places) if (snippets.length < most) snippets.push(...(await this.#read(place)));
    // Nearest last, as prompts want it.
    if (turn === this.#turn) this.#found = { document, line: position.line, snippets: snippets.reverse() };
  }

  async #read(place: Place): Promise<ContextSnippet[]> {
    const [uri, range] = 'targetUri' in place ? [place.targetUri, place.targetRange] : [place.uri, place.range];
    const text = await this.#textOf(uri);
    if (text === undefined) return [];
    const starts = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)];
    const start = starts[range.start.line];
    if (start === undefined) return [];
    // Where it is only the name, the lines below belong to it.
    const last = range.start.line === range.end.line ? range.start.line + readLines : range.end.line;
    const said = declarationIn(text, start, (starts[last + 1] ?? text.length + 1) - 1);
    return said.trim() === '' ? [] : [{ path: vscode.workspace.asRelativePath(uri, false), text: said }];
  }

  /** Without secrets; undefined where it cannot be read. */
  async #textOf(uri: vscode.Uri): Promise<string | undefined> {
    const open = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
    if (open !== undefined) return shownText(open);
    if (uri.scheme !== 'file') return undefined;
    const [read] = await this.#texts.read([uri.fsPath]);
    return read?.text;
  }
}

/** Where the names before the cursor are declared, nearest first, each once; neither in packages nor where it is read anyway. */
async function placesOf(
  document: vscode.TextDocument,
  position: vscode.Position,
  deadlineMs: number,
): Promise<Place[]> {
  const first = new vscode.Position(Math.max(0, position.line - readLines), 0);
  const offset = document.offsetAt(first);
  const before = shownText(document).slice(offset, document.offsetAt(position));
  const asked = namesBefore(before).map((at) => declarationsAt(document.uri, document.positionAt(offset + at)));
  const late = sleep(deadlineMs, undefined, { ref: false });
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  const found = new Map<string, Place>();
  for (const answer of asked)
    for (const place of (await Promise.race([answer, late])) ?? []) {
      const [uri, { start }] = 'targetUri' in place ? [place.targetUri, place.targetRange] : [place.uri, place.range];
      const isRead = uri.toString() === document.uri.toString() && start.isBeforeOrEqual(position);
      const isOwn = vscode.workspace.getWorkspaceFolder(uri) === folder && !uri.path.includes('/node_modules/');
      const key = `${uri.toString()} ${start.line}`;
      if (isOwn && !isRead && !found.has(key)) found.set(key, place);
    }
  return [...found.values()];
}

/** Of types first: their members say most. Nothing where no server runs, or it fails. */
async function declarationsAt(uri: vscode.Uri, at: vscode.Position): Promise<Place[]> {
  const answers = await Promise.all([
    asked<Place>('vscode.executeTypeDefinitionProvider', uri, at),
    asked<Place>('vscode.executeDefinitionProvider', uri, at),
  ]);
  return answers.flat();
}
