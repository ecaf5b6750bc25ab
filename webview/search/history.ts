/**
 * History of search questions for the arrow keys, bounded and without duplicates. Used by `webview/search/app.ts`,
 * which stores it.
 */

/** How many questions are remembered. */
const most = 50;

/** What was asked before, gone through with the arrow keys; what is being typed is the newest of all. */
export class History {
  #entries: readonly string[];
  /** 0: what is being typed; 1: the last question, and so on. */
  #at = 0;
  #typed = '';

  /** @param remembered newest first; whatever an earlier version left */
  constructor(remembered: unknown) {
    this.#entries = Array.isArray(remembered)
      ? remembered.filter((entry) => typeof entry === 'string').slice(0, most)
      : [];
  }

  get all(): readonly string[] {
    return this.#entries;
  }

  get isBrowsing(): boolean {
    return this.#at > 0;
  }

  /** @param current what the input holds @returns what it shall hold; undefined where there is nothing older */
  older(current: string): string | undefined {
    if (this.#at === 0) this.#typed = current;
    // What is in the input already is no older question.
    let next = this.#at + 1;
    while (this.#entries[next - 1] === current) next++;
    const entry = this.#entries[next - 1];
    if (entry !== undefined) this.#at = next;
    return entry;
  }

  newer(): string {
    this.#at = Math.max(0, this.#at - 1);
    return this.#at === 0 ? this.#typed : (this.#entries[this.#at - 1] ?? '');
  }

  /** Something was typed. */
  leave(): void {
    this.#at = 0;
  }

  add(text: string): void {
    this.#at = 0;
    const entry = text.trim();
    if (entry !== '') this.#entries = [entry, ...this.#entries.filter((other) => other !== entry)].slice(0, most);
  }
}
