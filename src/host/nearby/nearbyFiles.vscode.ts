/**
 * Finds files near a document, from open editors, its imports and its folders, for copying and for similar functions.
 * Used by completion and summaries through the services; folder listings are cached for a while.
 */
import { extname, posix } from 'node:path';
import * as vscode from 'vscode';
import { BoundedMap } from '../../common/boundedMap';
import { IgnoreRules } from '../../common/files/ignoreRules';
import { Refreshed } from '../../common/refreshed';
import { filesAround } from '../../nearby/filesAround';
import { isReachable } from '../../nearby/reachable';
import { isAlike, neighboursOf } from '../../nearby/candidateFiles';
import type { Neighbour } from '../../ipc/engine/protocol';
import { pathInLanguage } from '../../syntax/languages';
import { fileOf } from '../notebooks.vscode';
import { documentsBeside, OpenTexts } from './openDocuments.vscode';

/** Milliseconds for which what is around a folder is not looked for again. */
const freshMs = 30_000;
/** Imports stand at the start. UTF-16 units. */
const importsWithin = 8_192;

/** Finds the files around a document that code may be copied from. */
export class NeighbourFiles {
  /** With `/`, by folder and ending. */
  readonly #folders = new BoundedMap<string, Refreshed<string[]>>(16);
  /** Files that imports may mean. */
  readonly #reachable = new BoundedMap<string, { readonly at: number; readonly isReachable: boolean }>(1_024);

  /**
   * @param whole whether to wait for a walk through folders that is under way; typing never does
   * @returns nearest first; open documents as they stand in the editor, also those that are no file
   */
  async of(document: vscode.TextDocument, whole = false): Promise<Neighbour[]> {
    const text = document.getText(new vscode.Range(document.positionAt(0), document.positionAt(importsWithin)));
    const file = fileOf(document);
    const path = pathInLanguage(file.path, document.languageId);
    const open = documentsBeside(document);
    const isFile = file.scheme === 'file';
    const around = isFile ? (await this.#around(file, path, whole)).filter((near) => near !== file.path) : [];
    const found = neighboursOf({ path, text }, [...open.keys()], around);
    const near = new Set(around);
    const root = (vscode.workspace.getWorkspaceFolder(file)?.uri ?? vscode.Uri.joinPath(file, '..')).fsPath;
    const texts = new OpenTexts();
    const neighbours = await Promise.all(
      found.map(async (one) => {
        const opened = open.get(one);
        if (opened !== undefined) return texts.take(opened);
        if (!isFile) return undefined;
        const own = file.with({ path: one }).fsPath;
        return near.has(one) || (await this.#isReachable(root, own)) ? own : undefined;
      }),
    );
    return neighbours.filter((one) => one !== undefined);
  }

  /** Asked again after a while only: typing asks several times a second. */
  async #isReachable(root: string, file: string): Promise<boolean> {
    const kept = this.#reachable.get(file);
    if (kept !== undefined && performance.now() - kept.at < freshMs) return kept.isReachable;
    const found = await isReachable(root, file);
    this.#reachable.set(file, { at: performance.now(), isReachable: found });
    return found;
  }

  /** @param path the document's, with the ending of its language */
  async #around(uri: vscode.Uri, path: string, whole: boolean): Promise<string[]> {
    const folder = vscode.Uri.joinPath(uri, '..');
    const key = `${folder.toString()} ${extname(path)}`;
    const workspace = vscode.workspace.getWorkspaceFolder(uri);
    let known = this.#folders.get(key);
    if (known === undefined) {
      const look = (): Promise<string[]> => (workspace ? walk(uri, path, workspace.uri) : listFiles(folder));
      known = new Refreshed(await listFiles(folder), look, freshMs);
      this.#folders.set(key, known);
    }
    return whole ? known.whole() : known.last;
  }
}

async function walk(uri: vscode.Uri, path: string, root: vscode.Uri): Promise<string[]> {
  const found = await filesAround(uri.fsPath, root.fsPath, (near) => isAlike(near, path));
  return found.map((near) => vscode.Uri.file(near).path);
}

/** Those of the folder itself that no rule ignores. */
async function listFiles(folder: vscode.Uri): Promise<string[]> {
  try {
    const rules = await IgnoreRules.forRoot(folder.fsPath);
    const entries = await vscode.workspace.fs.readDirectory(folder);
    return entries
      .filter(([name, type]) => type === vscode.FileType.File && !rules.ignores(name))
      .map(([name]) => posix.join(folder.path, name));
  } catch {
    // A folder that cannot be listed has nothing to copy from.
    return [];
  }
}
