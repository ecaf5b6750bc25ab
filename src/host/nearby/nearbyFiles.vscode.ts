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
   * @returns absolute paths of the file system, none for a document that is not in it
   */
  async of(document: vscode.TextDocument, whole = false): Promise<string[]> {
    if (document.uri.scheme !== 'file') return [];
    const text = document.getText(new vscode.Range(document.positionAt(0), document.positionAt(importsWithin)));
    const open = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.path);
    const around = await this.#around(document.uri, whole);
    const found = neighboursOf({ path: document.uri.path, text }, open, around);
    const certain = new Set([...open, ...around]);
    const root = (vscode.workspace.getWorkspaceFolder(document.uri)?.uri ?? vscode.Uri.joinPath(document.uri, '..'))
      .fsPath;
    const paths = await Promise.all(
      found.map(async (path) => {
        const file = document.uri.with({ path }).fsPath;
        return certain.has(path) || (await this.#isReachable(root, file)) ? [file] : [];
      }),
    );
    return paths.flat();
  }

  /** Asked again after a while only: typing asks several times a second. */
  async #isReachable(root: string, file: string): Promise<boolean> {
    const kept = this.#reachable.get(file);
    if (kept !== undefined && performance.now() - kept.at < freshMs) return kept.isReachable;
    const found = await isReachable(root, file);
    this.#reachable.set(file, { at: performance.now(), isReachable: found });
    return found;
  }

  async #around(uri: vscode.Uri, whole: boolean): Promise<string[]> {
    const folder = vscode.Uri.joinPath(uri, '..');
    const key = `${folder.toString()} ${extname(uri.path)}`;
    const workspace = vscode.workspace.getWorkspaceFolder(uri);
    let known = this.#folders.get(key);
    if (known === undefined) {
      const look = (): Promise<string[]> => (workspace ? walk(uri, workspace.uri) : listFiles(folder));
      known = new Refreshed(await listFiles(folder), look, freshMs);
      this.#folders.set(key, known);
    }
    return whole ? known.whole() : known.last;
  }
}

async function walk(uri: vscode.Uri, root: vscode.Uri): Promise<string[]> {
  const found = await filesAround(uri.fsPath, root.fsPath, (path) => isAlike(path, uri.path));
  return found.map((path) => vscode.Uri.file(path).path);
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
