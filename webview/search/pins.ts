/** Questions that stay until they are unpinned, bounded. Used by `webview/search/app.ts`, which stores them. */

/** How many questions are kept. */
const most = 20;

/** Pinned questions, in the order in which they were pinned. */
export class Pins {
  #entries: readonly string[];

  /** @param remembered whatever an earlier version left */
  constructor(remembered: unknown) {
    this.#entries = Array.isArray(remembered)
      ? remembered.filter((entry) => typeof entry === 'string').slice(0, most)
      : [];
  }

  get all(): readonly string[] {
    return this.#entries;
  }

  has(text: string): boolean {
    return this.#entries.includes(text.trim());
  }

  /** Pins a question, or unpins it; of too many, the oldest goes. */
  toggle(text: string): void {
    const entry = text.trim();
    if (entry === '') return;
    const others = this.#entries.filter((other) => other !== entry);
    this.#entries = this.has(entry) ? others : [...others, entry].slice(-most);
  }
}
