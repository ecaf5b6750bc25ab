/** The type of what VS Code remembers for an extension; features and host take it so that they need no editor. */

/** What is kept between two starts of the editor; `vscode.Memento` is one. */
export interface Memento {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}
