import * as vscode from 'vscode';
import { BoundedMap } from '../boundedMap';
import { neighboursOf } from './neighbours';

/** Milliseconds for which a folder is not listed again. */
const freshMs = 10_000;
/** Imports stand at the start. UTF-16 units. */
const importsWithin = 8_192;

/** Finds the files around a document that code may be copied from. */
export class NeighbourFiles {
  private readonly folders = new BoundedMap<string, { readonly at: number; readonly names: Promise<string[]> }>(16);

  /** @returns absolute paths of the file system, none for a document that is not in it */
  async of(document: vscode.TextDocument): Promise<string[]> {
    if (document.uri.scheme !== 'file') return [];
    const text = document.getText(new vscode.Range(document.positionAt(0), document.positionAt(importsWithin)));
    const open = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.path);
    const beside = await this.namesIn(vscode.Uri.joinPath(document.uri, '..'));
    return neighboursOf({ path: document.uri.path, text }, open, beside).map((path) => document.uri.with({ path }).fsPath);
  }

  private namesIn(folder: vscode.Uri): Promise<string[]> {
    const key = folder.toString();
    const known = this.folders.get(key);
    if (known !== undefined && performance.now() - known.at < freshMs) return known.names;
    const names = listFiles(folder);
    this.folders.set(key, { at: performance.now(), names });
    return names;
  }
}

async function listFiles(folder: vscode.Uri): Promise<string[]> {
  try {
    const entries = await vscode.workspace.fs.readDirectory(folder);
    return entries.filter(([, type]) => type === vscode.FileType.File).map(([name]) => name);
  } catch {
    // A folder that cannot be listed has nothing to copy from.
    return [];
  }
}
