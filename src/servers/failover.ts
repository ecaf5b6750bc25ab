/**
 * Answers requests of one purpose by the server, and by the local model where the server is late, gone or unwell; used by the
 * feature that shows the answers. It carries out what `race.ts` and `health.ts` decide, and decides nothing itself.
 */
import { ServerError } from './errors';
import { answered, asked, failed, givenUp, late, routeOf, well } from './health';
import type { AfterFailure, ServerHealth } from './health';
import { lateAfterMs, noRace, step } from './race';
import type { AnswerSource, RaceAction, RaceEvent, RaceState } from './race';

export interface FailoverOptions<Request, Answer> {
  /** @param onPiece called with each sign of life of the server @throws {ServerError} */
  readonly askServer: (request: Request, signal: AbortSignal, onPiece: () => void) => Promise<Answer>;
  readonly askLocal: (request: Request, signal: AbortSignal) => Promise<Answer>;
  /** One sentence when requests leave the server, with the reason, and when they go back to it. */
  readonly onChange: (change: { readonly left: string } | 'back') => void;
  /** Milliseconds of a clock that is never set. */
  readonly now?: () => number;
  /** In 0…1. */
  readonly random?: () => number;
  /** @returns what ends the waiting */
  readonly after?: (ms: number, callback: () => void) => () => void;
  /** So long the server may say nothing while it is tried: {@link triedForMs}, or {@link triedBesideMs}. */
  readonly triedFor?: number;
}

/** What is shown, and whose it is. */
export interface SourcedAnswer<Answer> {
  readonly answer: Answer;
  readonly source: AnswerSource;
}

interface Wanted<Request, Answer> {
  readonly request: Request;
  readonly resolve: (answer: SourcedAnswer<Answer> | undefined) => void;
  readonly running: Map<AnswerSource, AbortController>;
  readonly answers: Map<AnswerSource, Answer>;
  readonly asked: number;
  endTimer: (() => void) | undefined;
}

/** A server that writes a text in small drops is waited for no longer. Milliseconds. */
const maxSpeakingMs = 2_000;
/**
 * So long a server that is being tried may say nothing: it would still be the first, before a local model that is asked after
 * {@link lateAfterMs}. Milliseconds.
 */
export const triedForMs = 600;
/** The same of a server on this machine, which shares the processor with the local model that is asked beside it. Milliseconds. */
export const triedBesideMs = 1_000;

const afterMs = (ms: number, callback: () => void): (() => void) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

export class Failover<Request, Answer> {
  #race: RaceState = noRace;
  #health: ServerHealth = well;
  #wanted: Wanted<Request, Answer> | undefined;
  /** What the server was last tried by; its place may be left. */
  #trial: Wanted<Request, Answer> | undefined;
  readonly #options: Required<FailoverOptions<Request, Answer>>;

  constructor(options: FailoverOptions<Request, Answer>) {
    this.#options = {
      now: () => performance.now(),
      random: Math.random,
      after: afterMs,
      triedFor: triedForMs,
      ...options,
    };
  }

  /** Whether requests go to the server now. */
  get health(): ServerHealth {
    return this.#health;
  }

  /**
   * The first answer that there is.
   *
   * @param signal aborted where the user has left the place; so does the next request
   * @returns undefined where neither has an answer, or none is wanted any more
   */
  answer(request: Request, signal?: AbortSignal): Promise<SourcedAnswer<Answer> | undefined> {
    return new Promise((resolve) => {
      const place = this.#race.place + 1;
      const route = routeOf(this.#health, this.#options.now());
      if (route === 'both') this.#health = asked(this.#health);
      const before = this.#wanted;
      const wanted: Wanted<Request, Answer> = {
        request,
        resolve,
        running: new Map(),
        answers: new Map(),
        asked: this.#options.now(),
        endTimer: undefined,
      };
      if (route === 'both') this.#trial = wanted;
      this.#happen({ kind: 'wanted', place, route }, before, wanted);
      const leave = (): void => {
        if (this.#race.place === place && !this.#race.settled) this.#happen({ kind: 'left' }, this.#wanted);
      };
      if (signal?.aborted) leave();
      else signal?.addEventListener('abort', leave, { once: true });
    });
  }

  /** Ends what runs. */
  dispose(): void {
    this.#happen({ kind: 'left' }, this.#wanted);
    this.#trial?.endTimer?.();
    this.#trial?.running.get('server')?.abort();
  }

  /** @param before whom `cancel` is meant for @param next whom the other actions are meant for */
  #happen(event: RaceEvent, before: Wanted<Request, Answer> | undefined, next = before): void {
    const { state, actions } = step(this.#race, event);
    this.#race = state;
    this.#wanted = next;
    if (event.kind === 'left' || before !== next) {
      // A server that is being tried is timed wherever the user is.
      if (before !== this.#trial) before?.endTimer?.();
      before?.resolve(undefined);
    }
    for (const action of actions) this.#carryOut(action, action.kind === 'cancel' ? before : next);
  }

  #carryOut(action: RaceAction, wanted: Wanted<Request, Answer> | undefined): void {
    if (wanted === undefined) return;
    const { place } = action;
    switch (action.kind) {
      case 'ask':
        void this.#ask(action.source, place, wanted);
        break;
      case 'startTimer':
        this.#startTimer(place, wanted);
        break;
      case 'cancel':
        wanted.running.get(action.source)?.abort();
        break;
      case 'show': {
        // A server that is being tried is still timed.
        if (!this.#race.trial) wanted.endTimer?.();
        const answer = wanted.answers.get(action.source) as Answer;
        wanted.resolve({ answer, source: action.source });
        break;
      }
      case 'giveUp':
        wanted.endTimer?.();
        wanted.resolve(undefined);
        break;
    }
  }

  #startTimer(place: number, wanted: Wanted<Request, Answer>): void {
    const { after, now, random, triedFor } = this.#options;
    wanted.endTimer = after(wanted === this.#trial ? triedFor : lateAfterMs, () => {
      wanted.endTimer = undefined;
      const running = wanted.running.get('server');
      if (running === undefined) return;
      this.#leaveAfter(late(this.#health, now(), random()));
      // Of a place that is answered or left, nobody would end it: it was only to show that it is well.
      const isOpen = wanted === this.#wanted && this.#race.server === 'asked' && !this.#race.settled;
      if (isOpen) this.#happen({ kind: 'late', place }, wanted);
      else running.abort();
    });
  }

  /** The server writes: it is waited for, for a while. */
  #heard(place: number, wanted: Wanted<Request, Answer>): void {
    if (wanted.endTimer === undefined || this.#options.now() - wanted.asked > maxSpeakingMs) return;
    wanted.endTimer();
    this.#startTimer(place, wanted);
  }

  /** Of a place that is left by now, the race takes no notice. */
  #report(event: RaceEvent, wanted: Wanted<Request, Answer>): void {
    if (wanted === this.#wanted) this.#happen(event, wanted);
  }

  async #ask(from: AnswerSource, place: number, wanted: Wanted<Request, Answer>): Promise<void> {
    const own = new AbortController();
    wanted.running.set(from, own);
    const { askServer, askLocal } = this.#options;
    try {
      const answer = await (from === 'server'
        ? askServer(wanted.request, own.signal, () => this.#heard(place, wanted))
        : askLocal(wanted.request, own.signal));
      if (from === 'server') this.#learn(undefined);
      wanted.answers.set(from, answer);
      this.#report({ kind: 'answered', place, from }, wanted);
    } catch (error) {
      if (from === 'server') this.#learn(error, own.signal.aborted);
      this.#report({ kind: 'failed', place, from }, wanted);
    } finally {
      wanted.running.delete(from);
    }
  }

  /** @param error undefined where the server has answered */
  #learn(error: unknown, cancelled = false): void {
    const { now, random, onChange } = this.#options;
    if (error === undefined) {
      const { health, back } = answered(this.#health, now());
      this.#health = health;
      if (back) onChange('back');
    } else if (cancelled) this.#health = givenUp(this.#health, now());
    else {
      const reason = error instanceof ServerError ? error : new ServerError('failed', 'The server could not be asked.');
      this.#leaveAfter(failed(this.#health, reason, now(), random()));
    }
  }

  #leaveAfter({ health, left }: AfterFailure): void {
    this.#health = health;
    if (left !== undefined) this.#options.onChange({ left });
  }
}
