import * as vscode from 'vscode';

/** Milliseconds of quiet after which changes are told together; a checkout is thousands of them in a second. */
const quietMs = 300;
/** Milliseconds after which they are told although there is no quiet. */
const longestMs = 3_000;
/** Changes beyond this are not listed. */
const mostPaths = 2_000;

/** Tells what has changed in some folders, many changes at once. */
export class FileChanges implements vscode.Disposable {
  private readonly watchers = new Map<string, vscode.Disposable>();
  /** Paths by root; undefined where there are too many to be listed. */
  private readonly waiting = new Map<string, Set<string> | undefined>();
  private timer: NodeJS.Timeout | undefined;
  private since = 0;

  /** @param tell is given the absolute path of the root and paths from there, or none where anything may have changed */
  constructor(private readonly tell: (root: string, paths: string[] | undefined) => void) {}

  /** Watches these folders and no others. */
  watch(folders: readonly vscode.WorkspaceFolder[]): void {
    const wanted = new Set(folders.map(({ uri }) => uri.fsPath));
    for (const [root, watcher] of this.watchers) {
      if (wanted.has(root)) continue;
      watcher.dispose();
      this.watchers.delete(root);
      this.waiting.delete(root);
    }
    for (const folder of folders) {
      const root = folder.uri.fsPath;
      if (this.watchers.has(root)) continue;
      const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, '**'));
      const note = (uri: vscode.Uri): void => this.note(root, uri.path.slice(folder.uri.path.length + 1));
      this.watchers.set(root, vscode.Disposable.from(watcher, watcher.onDidCreate(note), watcher.onDidChange(note), watcher.onDidDelete(note)));
    }
  }

  dispose(): void {
    clearTimeout(this.timer);
    for (const watcher of this.watchers.values()) watcher.dispose();
    this.watchers.clear();
  }

  private note(root: string, path: string): void {
    if (path === '' || path === '.git' || path.startsWith('.git/')) return;
    if (this.waiting.size === 0) this.since = performance.now();
    if (!this.waiting.has(root)) this.waiting.set(root, new Set());
    const paths = this.waiting.get(root);
    paths?.add(path);
    if (paths !== undefined && paths.size > mostPaths) this.waiting.set(root, undefined);
    clearTimeout(this.timer);
    const left = this.since + longestMs - performance.now();
    this.timer = setTimeout(() => this.tellAll(), Math.min(quietMs, Math.max(0, left)));
  }

  private tellAll(): void {
    for (const [root, paths] of this.waiting) this.tell(root, paths === undefined ? undefined : [...paths]);
    this.waiting.clear();
  }
}
