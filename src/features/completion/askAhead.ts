/**
 * Work that is done before it is asked for: what follows a suggestion while that is on screen, and reading the text around a
 * cursor that rests. Used by the completer; begins after a moment, and any key press ends it at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { languageOf } from '../../syntax/languages';
import { isSame } from './cursorContext';
import type { CursorContext } from './cursorContext';
import { placeAfter, placeOnNextLine } from './nextPlaces';
import type { Insertion } from './replaceRange';

/** Milliseconds before it begins: a fast typist's next key comes about then, and would end it. */
const defaultDelayMs = 60;
/** Places where nothing is to be written that are remembered. */
const maxSilent = 20;

/** What came of asking for a place ahead. */
export interface Foreseen {
  readonly text: string;
  /** Whether it will be shown there. */
  readonly isShown: boolean;
}

/** @param W what a suggestion is asked with */
export class AskAhead<W extends { readonly path: string }> {
  #running: AbortController | undefined;
  /** Newest last. */
  #silent: CursorContext[] = [];

  /** @param ask asks for a text and keeps it where the completer finds it */
  constructor(
    private readonly ask: (cursor: CursorContext, request: W, signal: AbortSignal) => Promise<Foreseen>,
    private readonly delayMs = defaultDelayMs,
  ) {}

  /** Ends what is being done, at once. */
  cancel(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  /** Does something at leisure, instead of what was being done. What fails is dropped: nobody waits for it. */
  begin(work: (signal: AbortSignal) => Promise<unknown>): void {
    this.cancel();
    const controller = new AbortController();
    this.#running = controller;
    const { signal } = controller;
    sleep(this.delayMs, undefined, { signal, ref: false })
      .then(() => work(signal))
      .catch(() => undefined);
  }

  /** Asks for what follows a suggestion once it is taken: right behind it and, where nothing is shown there, on the next line. */
  follow(cursor: CursorContext, suggestion: Insertion, request: W): void {
    this.begin(async (signal) => {
      const behind = placeAfter(cursor, suggestion);
      if (await this.#foresee(behind, request, signal)) return;
      const next = placeOnNextLine(behind, languageOf(request.path));
      if (next !== undefined) await this.#foresee(next, request, signal);
    });
  }

  /** Whether it is known that nothing is to be written at a place. */
  isSilent(cursor: CursorContext): boolean {
    return this.#silent.some((silent) => isSame(silent, cursor));
  }

  forget(): void {
    this.cancel();
    this.#silent = [];
  }

  async #foresee(cursor: CursorContext, request: W, signal: AbortSignal): Promise<boolean> {
    const { text, isShown } = await this.ask(cursor, request, signal);
    signal.throwIfAborted();
    if (text === '') this.#silent = [...this.#silent, cursor].slice(-maxSilent);
    return isShown;
  }
}
