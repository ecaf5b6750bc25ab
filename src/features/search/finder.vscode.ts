/**
 * Asks the workspace index for hits, and opens, peeks at or copies them in the editor. Used by the search view, its
 * tool and its feature; copied code is without secrets.
 */
import * as vscode from 'vscode';
import { maxQuestionLength } from '../../ipc/indexer/protocol';
import type { FoundChunks, FoundChunk, SearchQuestion } from '../../ipc/indexer/protocol';
import { pathFrom } from '../../common/files/paths';
import { refuseSecretFile, shownPart } from '../../host/shownText.vscode';
import { documentOf, uriOf } from './hitDocument.vscode';
import type { HitDocument } from './hitDocument.vscode';
import { asContext, nameIn } from './present';
import type { WorkspaceIndex } from './workspaceIndex.vscode';

/** How many answers a person is shown. */
export const shownHits = 50;

/** A piece of code whose like is looked for. */
export interface Sample {
  /** Where it is from, for people. */
  readonly label: string;
  readonly code: string;
  readonly except?: NonNullable<SearchQuestion['except']>;
}

/** The selection, or the lines around the cursor where nothing is selected. */
export function sampleOf({ document, selection }: vscode.TextEditor): Sample | undefined {
  const around = 5;
  const range = selection.isEmpty
    ? new vscode.Range(Math.max(0, selection.active.line - around), 0, selection.active.line + around + 1, 0)
    : new vscode.Range(selection.start, selection.end);
  refuseSecretFile(document);
  const code = shownPart(document, range).slice(0, maxQuestionLength);
  if (code.trim() === '') return undefined;
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  const [from, to] = [selection.start.line + 1, selection.end.line + 1];
  const name = vscode.workspace.asRelativePath(document.uri, false);
  const label = from === to ? `${name}:${from}` : `${name}:${from}–${to}`;
  if (folder === undefined) return { label, code };
  return {
    label,
    code,
    except: { root: folder.uri.fsPath, path: pathFrom(folder.uri.path, document.uri.path), from, to },
  };
}

/** @throws {IndexError} */
export async function find(
  index: WorkspaceIndex,
  text: string,
  signal: AbortSignal,
  top = shownHits,
): Promise<FoundChunks> {
  if (text.trim() === '') return { found: [], gaps: [], remarks: [] };
  return index.request('search', { text: text.slice(0, maxQuestionLength), kind: 'words', top }, signal);
}

/** @throws {IndexError} */
export async function findLike(
  index: WorkspaceIndex,
  { code, except }: Sample,
  signal: AbortSignal,
  top = shownHits,
): Promise<FoundChunks> {
  return index.request(
    'search',
    { text: code, kind: 'code', top, ...(except === undefined ? {} : { except }) },
    signal,
  );
}

/** Where the hit's code says what it is. */
export function nameOf({ symbol }: FoundChunk, { document, range }: HitDocument): vscode.Location {
  const offset = document.offsetAt(range.start);
  const [start, end] = nameIn(document.getText(range), symbol);
  const name = new vscode.Range(document.positionAt(offset + start), document.positionAt(offset + end));
  return new vscode.Location(document.uri, name);
}

/** @param how `preview` leaves the focus where it is, and the next preview takes the editor's place */
export async function openHit(hit: FoundChunk, how: 'open' | 'preview' | 'beside'): Promise<void> {
  const found = await documentOf(hit);
  const { range, cell } = found;
  const shown = {
    preserveFocus: how === 'preview',
    preview: how === 'preview',
    ...(how === 'beside' ? { viewColumn: vscode.ViewColumn.Beside } : {}),
  };
  if (cell !== undefined) {
    const cells = new vscode.NotebookRange(cell.index, cell.index + 1);
    const editor = await vscode.window.showNotebookDocument(cell.notebook, { ...shown, selections: [cells] });
    editor.revealRange(cells, vscode.NotebookEditorRevealType.InCenterIfOutsideViewport);
    return;
  }
  const { start } = nameOf(hit, found).range;
  const selection = new vscode.Range(start, start);
  const editor = await vscode.window.showTextDocument(uriOf(hit), { ...shown, selection });
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

/** Shows some hits over the first of them, with the keys of the editor's own peek. */
export async function peekHits(hits: readonly FoundChunk[]): Promise<void> {
  const [first] = hits;
  if (first === undefined) return;
  await peekPlaces(first, await Promise.all(hits.map(async (hit) => nameOf(hit, await documentOf(hit)))));
}

/** Shows some places over a hit. */
export async function peekPlaces(hit: FoundChunk, locations: readonly vscode.Location[]): Promise<void> {
  await openHit(hit, 'open');
  const { uri, range } = nameOf(hit, await documentOf(hit));
  await vscode.commands.executeCommand('editor.action.peekLocations', uri, range.start, locations, 'peek');
}

/** The hit's code as it is now, with its place and without secrets, for a conversation. */
export async function contextOf(hit: FoundChunk): Promise<string> {
  const { document, range } = await documentOf(hit);
  const code = shownPart(document, range);
  const note =
    code === document.getText(range) ? '' : 'Lines that look like they hold a password or a key are blank.\n';
  return asContext(hit, document.languageId, code) + note;
}
