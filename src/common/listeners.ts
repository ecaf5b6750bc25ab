/** A minimal event without arguments, independent of `vscode`; used by the host services and the workspace index. */

/** Functions to be called when something has changed. */
export class Listeners {
  readonly #listeners = new Set<() => void>();

  /** @returns what ends the subscription when disposed of. */
  readonly add = (listener: () => void): { dispose(): void } => {
    this.#listeners.add(listener);
    return { dispose: () => this.#listeners.delete(listener) };
  };

  notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
