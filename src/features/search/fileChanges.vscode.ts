/**
 * Watches the workspace folders with VS Code's file watchers and passes changes to `changes.ts`. Used by
 * `workspaceIndex.vscode.ts`.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { pathFrom } from '../../common/files/paths';
import { Changes } from './changes';

/** Tells what has changed in some folders, many changes at once. */
export class FileChanges implements vscode.Disposable {
  readonly #watchers = new Map<string, vscode.Disposable>();
  readonly #changes: Changes;

  /** @param tell is given the absolute path of the root and paths from there, or none where anything may have changed */
  constructor(tell: (root: string, paths: string[] | undefined) => void) {
    this.#changes = new Changes({
      tell,
      isFolder: (root, path) =>
        stat(join(root, path)).then(
          (found) => found.isDirectory(),
          () => false,
        ),
    });
  }

  /** Watches these folders and no others. */
  watch(folders: readonly vscode.WorkspaceFolder[]): void {
    const wanted = new Set(folders.map(({ uri }) => uri.fsPath));
    for (const [root, watcher] of this.#watchers) {
      if (wanted.has(root)) continue;
      watcher.dispose();
      this.#watchers.delete(root);
      this.#changes.forget(root);
    }
    for (const folder of folders) {
      const root = folder.uri.fsPath;
      if (this.#watchers.has(root)) continue;
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '**'));
      const note = (uri: vscode.Uri, isNew = false): void =>
        this.#changes.note(root, pathFrom(folder.uri.path, uri.path), isNew);
      this.#watchers.set(
        root,
        vscode.Disposable.from(
          watcher,
          watcher.onDidCreate((uri) => note(uri, true)),
          watcher.onDidChange((uri) => note(uri)),
          watcher.onDidDelete((uri) => note(uri)),
        ),
      );
    }
  }

  dispose(): void {
    this.#changes.dispose();
    for (const watcher of this.#watchers.values()) watcher.dispose();
    this.#watchers.clear();
  }
}
