import type { EngineClient } from '../engine/client';
import { EngineError } from '../engine/errors';
import type { Timings } from '../engine/protocol';
import { Failures } from './failures';
import { applyFilters } from './filters';
import { fit } from './fit';
import { Flights, type Compute } from './flights';
import { Offers } from './offers';
import { opensLine, type Place } from './place';
import type { Reason } from './reasons';
import { completeParams, deadlines, type CompletionOptions } from './request';
import { Suggestions, type Suggestion, type Written } from './suggestions';
import { Throttle } from './throttle';

/** What a suggestion is asked with, besides its place. */
export interface Wish extends CompletionOptions {
  readonly minimumConfidence: number;
  /** The user asked for it by a command: it is not held back, and a failed engine is tried again. */
  readonly explicit: boolean;
}

export type Outcome =
  | { readonly kind: 'suggestion'; readonly suggestion: Suggestion }
  | { readonly kind: 'none'; readonly reason: Reason }
  /** The asker went away, or somebody newer took its turn. */
  | { readonly kind: 'cancelled' };

/** Told to whoever shows how the engine fares. */
export interface CompletionObserver {
  started(): void;
  /** Called once for each `started`. */
  ended(): void;
  served(model: string, run: { readonly timings: Timings; readonly totalMs: number }): void;
  /** @param isNew false while it is the failure that was told already. */
  failed(message: string, isNew: boolean): void;
}

const cancelled: Outcome = { kind: 'cancelled' };

/** From a place to a suggestion: what is known already, else what is being written, else a new request. */
export class Completer {
  readonly suggestions = new Suggestions();
  private readonly offers = new Offers<Written>();
  private readonly flights = new Flights<Written>();
  private readonly throttle = new Throttle();
  private readonly failures = new Failures();

  constructor(
    private readonly engine: Pick<EngineClient, 'request'>,
    private readonly observer: CompletionObserver,
  ) {}

  async suggest(place: Place, wish: Wish, signal: AbortSignal): Promise<Outcome> {
    const known = this.offers.find(place);
    if (known !== undefined) return this.judge(place, known.rest, known.offer.value, wish);
    if (wish.explicit) this.failures.lift();
    const holding = this.failures.holding;
    if (holding !== undefined) return none({ kind: 'failed', message: holding });
    const atOnce = wish.explicit || opensLine(place) || this.flights.has(place);
    if (!(await this.throttle.admit(atOnce, signal))) return cancelled;
    return this.write(place, wish, signal);
  }

  /** Forgets what was written and what is being written: the model or its way of writing has changed. */
  reset(): void {
    this.offers.clear();
    this.flights.abortAll();
    this.failures.clear();
  }

  private async write(place: Place, wish: Wish, signal: AbortSignal): Promise<Outcome> {
    for (;;) {
      const flight = this.flights.board(place, this.compute(place, wish));
      let written: Written | undefined;
      try {
        written = await flight.wait(place, signal);
      } catch (error) {
        return this.failure(error, signal);
      }
      if (signal.aborted) return cancelled;
      // Nothing: the text took another turn than the user did, and the next round starts a request of its own.
      if (written === undefined) continue;
      const known = this.offers.find(place);
      if (known !== undefined) return this.judge(place, known.rest, known.offer.value, wish);
      // All of an earlier place's text was typed meanwhile: what comes after it is the next round's question.
      if (flight.place === place) return none({ kind: 'wroteNothing' });
    }
  }

  private compute(place: Place, wish: Wish): Compute<Written> {
    return async (signal, onText) => {
      const params = completeParams(place, wish);
      const start = performance.now();
      this.observer.started();
      try {
        const result = await this.engine.request('complete', params, {
          priority: 'completion',
          signal,
          deadlineMs: deadlines[wish.mode],
          onEvent: (event) => onText(event.text),
        });
        const written = { params, result };
        this.offers.add({ place, text: result.text, value: written });
        this.failures.clear();
        this.observer.served(wish.model, { timings: result.timings, totalMs: performance.now() - start });
        return written;
      } finally {
        this.observer.ended();
      }
    };
  }

  private judge(place: Place, text: string, written: Written, wish: Wish): Outcome {
    const { confidence } = written.result;
    const passed = applyFilters(text, { place, confidence, minimumConfidence: wish.minimumConfidence });
    if (typeof passed !== 'string') return none(passed);
    const insertion = fit(passed, place);
    if (insertion.text.trim() === '') return none({ kind: 'repeatsFollowing' });
    return { kind: 'suggestion', suggestion: this.suggestions.add({ ...insertion, place, written }) };
  }

  private failure(error: unknown, signal: AbortSignal): Outcome {
    if (signal.aborted || (error instanceof EngineError && error.code === 'cancelled')) return cancelled;
    if (error instanceof EngineError && error.code === 'deadline') return none({ kind: 'late' });
    const { message, isNew } = this.failures.note(error);
    this.observer.failed(message, isNew);
    return none({ kind: 'failed', message });
  }
}

function none(reason: Reason): Outcome {
  return { kind: 'none', reason };
}
