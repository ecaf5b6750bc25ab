/**
 * Knows of the editor's own snooze of inline suggestions where it was begun from here, since the editor tells extensions
 * neither that it snoozes nor until when. Created by `extension.ts`; it holds nothing back itself.
 */
import { Listeners } from '../common/listeners';

/** How the editor's snooze is begun and ended. */
export interface EditorSnooze {
  begin(minutes: number): PromiseLike<unknown>;
  end(): PromiseLike<unknown>;
}

/** When the editor's snooze ends that was begun here. Times are milliseconds since the epoch. */
export class Snooze {
  #end = 0;
  #timer: NodeJS.Timeout | undefined;
  readonly #listeners = new Listeners();
  /** Adds a listener, called when the snooze begins, changes or ends. */
  readonly onDidChange = this.#listeners.add;

  constructor(
    private readonly editor: EditorSnooze,
    private readonly now: () => number = Date.now,
  ) {}

  /** When the snooze ends, or undefined where none is known. */
  get until(): number | undefined {
    return this.now() < this.#end ? this.#end : undefined;
  }

  async start(minutes: number): Promise<void> {
    if (!(minutes > 0)) return this.resume();
    await this.editor.begin(minutes);
    this.#set(this.now() + minutes * 60_000);
  }

  async resume(): Promise<void> {
    await this.editor.end();
    this.#set(0);
  }

  /** The editor has asked for a suggestion by itself, which it never does while it snoozes: its user has ended that. */
  noteAsked(): void {
    if (this.until !== undefined) this.#set(0);
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  #set(end: number): void {
    clearTimeout(this.#timer);
    this.#end = end;
    const left = end - this.now();
    // A moment later than the end, for timers may fire a millisecond early.
    if (left > 0) this.#timer = setTimeout(() => this.#listeners.notify(), left + 5);
    this.#listeners.notify();
  }
}
