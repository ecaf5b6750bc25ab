/**
 * Core of completion: turns a cursor context into a suggestion from the cache of earlier texts, a request still running, or a
 * new request, and filters the result. Used by the provider and the feature; knows nothing of VS Code, nor who writes.
 */
import type { EncodingSettings } from '../../common/text/encoding/decodeText';
import { EngineError } from '../../ipc/engine/errors';
import type { CompleteParams, CompleteResult, Neighbour, Timings } from '../../ipc/engine/protocol';
import { holdsSecret } from '../../common/secrets/secretLines';
import { languageOf } from '../../syntax/languages';
import { AskAhead } from './askAhead';
import type { Foreseen } from './askAhead';
import { CandidateBudget } from './candidateBudget';
import type { Completes } from './completes';
import { Deletions } from './deletions';
import { Failures } from './failures';
import { applyFilters } from './filters';
import { fit } from './replaceRange';
import type { Insertion } from './replaceRange';
import { InFlightRequests } from './inFlightRequests';
import type { Compute } from './inFlightRequests';
import { SuggestionCache } from './suggestionCache';
import { isSame, isOnSameLine, opensLine, restOfLine, startOfLine } from './cursorContext';
import type { CursorContext } from './cursorContext';
import { PromptBudget } from './promptBudget';
import type { NoSuggestionReason } from './reasons';
import { completeParams, deadlineOf } from './request';
import type { CompletionOptions } from './request';
import { Suggestions } from './suggestions';
import type { Suggestion, Written } from './suggestions';
import { Throttle } from './throttle';

/** What a suggestion is asked with, besides the cursor context. */
export interface SuggestionRequest extends Omit<
  CompletionOptions,
  'encoding' | 'neighbours' | 'maxPromptTokens' | 'candidates' | 'minConfidence'
> {
  /** Looks for the files that may be copied from: only what is not known already needs them. */
  readonly neighbours?: () => Promise<readonly Neighbour[] | undefined>;
  /** How the editor reads those of them that are not Unicode. */
  readonly encoding?: () => EncodingSettings;
  readonly minimumConfidence: number;
  /** The user asked for it by a command: it is not held back, a failed engine is tried again, and there are several to choose from. */
  readonly explicit: boolean;
  /** Whether what follows the suggestion may be computed while it is on screen. */
  readonly ahead?: boolean;
}

export type Outcome =
  | {
      readonly kind: 'suggestion';
      readonly suggestion: Suggestion;
      /** More to choose from, where the user asked. */
      readonly others?: readonly Suggestion[];
    }
  | { readonly kind: 'none'; readonly reason: NoSuggestionReason }
  /** The request was cancelled, or a newer one has taken its turn. */
  | { readonly kind: 'cancelled' };

/** Called during requests; the implementer shows how the engine fares. */
export interface CompletionObserver {
  started(): void;
  /** Called once for each `started`. */
  ended(): void;
  /** @param isLocal whether a model of this machine wrote */
  served(model: string, isLocal: boolean, run: { readonly timings: Timings; readonly totalMs: number }): void;
  /** @param isNew false while the same failure goes on. */
  failed(message: string, isNew: boolean): void;
}

const cancelled: Outcome = { kind: 'cancelled' };

/** Work ahead that took longer is of no use: the cursor is elsewhere by then. Milliseconds. */
const aheadDeadlineMs = 15_000;
/** A person who has not been given a suggestion for so long is reading, not writing. Milliseconds. */
const writingWithinMs = 600_000;

/** Suggestions to choose from, at most, where the user asks for them. */
const maxChoices = 3;

/** A text for a cursor, and how it was written. */
interface Candidate {
  readonly text: string;
  readonly written: Written;
}

/** From a cursor context to a suggestion: what is known already, else what is being written, else a new request. */
export class Completer {
  readonly suggestions = new Suggestions();
  readonly #cache = new SuggestionCache<Written>();
  readonly #inFlight = new InFlightRequests<Written>();
  readonly #throttle = new Throttle();
  readonly #failures = new Failures();
  readonly #deletions = new Deletions();
  readonly #ahead = new AskAhead<SuggestionRequest>((cursor, request, signal) =>
    this.#foresee(cursor, request, signal),
  );
  /** The last place that was asked for. */
  #last: CursorContext | undefined;
  /** The last place that a text was written for, and when, `performance.now()`. */
  #served: { readonly cursor: CursorContext; readonly at: number } | undefined;
  /** Of the requests that have passed the throttle, the newest. */
  #turn = 0;
  /** Of each suggestion that is being looked for: `reset` ends them all. */
  readonly #asked = new Set<AbortController>();
  #budget = new PromptBudget();
  #candidates = new CandidateBudget();
  /** What was last given to choose from. */
  #chosen: { readonly cursor: CursorContext; readonly candidates: readonly Candidate[] } | undefined;

  constructor(
    private readonly writer: Completes,
    private readonly observer: CompletionObserver,
  ) {}

  async suggest(cursor: CursorContext, request: SuggestionRequest, cancellation: AbortSignal): Promise<Outcome> {
    this.#ahead.cancel();
    this.#last = cursor;
    this.#deletions.note(cursor);
    const asked = new AbortController();
    this.#asked.add(asked);
    const signal = AbortSignal.any([cancellation, asked.signal]);
    const outcome = await this.#suggest(cursor, request, signal).finally(() => this.#asked.delete(asked));
    // What was known already may have been found before the request was cancelled, or by another model.
    if (signal.aborted) return cancelled;
    if (outcome.kind === 'suggestion' && request.ahead === true)
      this.#ahead.follow(cursor, outcome.suggestion, request);
    return outcome;
  }

  /**
   * Has the model read the text around a cursor that rests, so that the first key costs no more than the next ones. Does
   * nothing where that was read already, or where nobody has been writing lately.
   */
  readIn(cursor: CursorContext, request: SuggestionRequest): void {
    this.#deletions.note(cursor);
    if (this.#last !== undefined && isSame(this.#last, cursor)) return;
    if (this.#failures.holding !== undefined || performance.now() - (this.#served?.at ?? -Infinity) > writingWithinMs)
      return;
    if (holdsSecret(startOfLine(cursor) + restOfLine(cursor), request.path)) return;
    const params = completeParams(cursor, {
      ...request,
      neighbours: undefined,
      encoding: undefined,
      maxPromptTokens: this.#budget.tokens,
    });
    this.#ahead.begin((signal) =>
      this.writer.readIn(params, { priority: 'ahead', signal, deadlineMs: aheadDeadlineMs }),
    );
  }

  async #suggest(cursor: CursorContext, request: SuggestionRequest, signal: AbortSignal): Promise<Outcome> {
    if (holdsSecret(startOfLine(cursor) + restOfLine(cursor), request.path)) return none({ kind: 'secretLine' });
    if (request.explicit) return this.#choices(cursor, request, signal);
    const known = this.#known(cursor, request);
    if (known !== undefined) return known;
    if (this.#ahead.isSilent(cursor)) return none({ kind: 'wroteNothing' });
    const holding = this.#failures.holding;
    if (holding !== undefined) return none({ kind: 'failed', message: holding });
    const atOnce = opensLine(cursor) || this.#inFlight.has(cursor);
    if (!(await this.#throttle.admit(atOnce, signal)) || signal.aborted) return cancelled;
    return this.#write(cursor, request, signal);
  }

  /** Forgets what was written and what is being written: the model or its way of writing has changed. */
  reset(): void {
    for (const asked of this.#asked) asked.abort();
    this.#ahead.forget();
    this.#cache.clear();
    this.#chosen = undefined;
    this.#inFlight.abortAll();
    this.#failures.clear();
    this.#budget = new PromptBudget();
    this.#candidates = new CandidateBudget();
  }

  /** What is known already stands first: it may be on the screen, and must not change when others join it. */
  async #choices(cursor: CursorContext, request: SuggestionRequest, signal: AbortSignal): Promise<Outcome> {
    if (this.#chosen && isSame(this.#chosen.cursor, cursor))
      return this.#outcomeOf(cursor, this.#chosen.candidates, request);
    this.#failures.lift();
    if (!(await this.#throttle.admit(true, signal))) return cancelled;
    const found = this.#cache.find(cursor);
    const isWhole = found?.cached.value.result.finish !== 'unlikely';
    const known = found && isWhole ? [{ text: found.rest, written: found.cached.value }] : [];
    try {
      const candidates = [...known, ...all(await this.#compute(cursor, request)(signal, () => undefined))];
      if (found && isWhole) this.#cache.add(found.cached);
      if (signal.aborted) return cancelled;
      this.#chosen = { cursor, candidates };
      return this.#outcomeOf(cursor, candidates, request);
    } catch (error) {
      const failed = this.#failure(error, signal);
      return failed.kind === 'cancelled' || known.length === 0 ? failed : this.#outcomeOf(cursor, known, request);
    }
  }

  async #write(cursor: CursorContext, request: SuggestionRequest, signal: AbortSignal): Promise<Outcome> {
    const turn = ++this.#turn;
    for (;;) {
      const inFlight = this.#inFlight.joinOrStart(cursor, this.#compute(cursor, request));
      let written: Written | undefined;
      try {
        written = await inFlight.wait(cursor, signal);
      } catch (error) {
        return this.#failure(error, signal);
      }
      if (signal.aborted) return cancelled;
      // A newer one has ended the request: starting it again would end that one's, and so on without an end.
      if (written === undefined && turn !== this.#turn) return cancelled;
      // Nothing: the text took another turn than the user did, and the next round starts a request of its own.
      if (written === undefined) continue;
      const known = this.#known(cursor, request);
      if (known !== undefined) return known;
      // All of an earlier cursor's text was typed meanwhile, or it is too unsure: the next round asks about this one.
      if (inFlight.cursor === cursor)
        return written.result.finish === 'unlikely'
          ? this.#outcomeOf(cursor, [{ text: written.result.text, written }], request)
          : none({ kind: 'wroteNothing' });
    }
  }

  /** What was written before answers for this cursor, too, but for what is too unsure to be shown: then typing on is worth a question. */
  #known(cursor: CursorContext, request: SuggestionRequest): Outcome | undefined {
    const found = this.#cache.find(cursor);
    if (found === undefined) return undefined;
    const outcome = this.#outcomeOf(cursor, [{ text: found.rest, written: found.cached.value }], request);
    const isStale =
      outcome.kind === 'none' && outcome.reason.kind === 'unsure' && found.rest.length < found.cached.text.length;
    return isStale ? undefined : outcome;
  }

  #compute(cursor: CursorContext, request: SuggestionRequest): Compute<Written> {
    return async (signal, onText) => {
      const params = {
        ...(await this.#paramsFor(cursor, request)),
        ...(request.explicit && { alternatives: maxChoices - 1 }),
      };
      signal.throwIfAborted();
      const start = performance.now();
      this.observer.started();
      try {
        const { result, server } = await this.writer.complete(params, {
          priority: 'completion',
          signal,
          deadlineMs: deadlineOf(request),
          onEvent: (event) => onText(event.text),
        });
        if (signal.aborted) throw new EngineError('cancelled', 'No longer wanted.');
        const written = { cursor, params, result, server };
        this.#cache.add({ cursor, text: result.text, value: written });
        this.#failures.clear();
        this.#served = { cursor, at: performance.now() };
        // Both measure this machine.
        if (server === undefined) {
          this.#budget.record(result.timings);
          this.#candidates.record(result.timings);
        }
        this.observer.served(request.model, server === undefined, {
          timings: result.timings,
          totalMs: performance.now() - start,
        });
        return written;
      } finally {
        this.observer.ended();
      }
    };
  }

  async #paramsFor(cursor: CursorContext, request: SuggestionRequest): Promise<CompleteParams> {
    const neighbours = request.neighbours && (await request.neighbours());
    const encoding = neighbours && request.encoding?.();
    const goesOn = this.#served !== undefined && isOnSameLine(this.#served.cursor, cursor);
    return completeParams(cursor, {
      ...request,
      neighbours,
      encoding,
      maxPromptTokens: this.#budget.tokens,
      candidates: this.#candidates.candidates(goesOn && !request.explicit),
      // Whoever asks by a command is shown what is unsure, too.
      ...(!request.explicit && { minConfidence: request.minimumConfidence }),
    });
  }

  /** What the model writes where the cursor may stand next, kept among what was written; nothing of it is shown yet. */
  async #foresee(cursor: CursorContext, request: SuggestionRequest, signal: AbortSignal): Promise<Foreseen> {
    const found = this.#cache.find(cursor);
    const written = found?.cached.value ?? (await this.#writeAhead(cursor, request, signal));
    const text = found?.rest ?? written.result.text;
    if (found === undefined && text !== '') this.#cache.add({ cursor, text, value: written });
    return { text, isShown: text !== '' && !('kind' in judge(cursor, text, written, { ...request, explicit: false })) };
  }

  async #writeAhead(cursor: CursorContext, request: SuggestionRequest, signal: AbortSignal): Promise<Written> {
    const params = await this.#paramsFor(cursor, request);
    signal.throwIfAborted();
    const options = { priority: 'ahead', signal, deadlineMs: aheadDeadlineMs } as const;
    const { result, server } = await this.writer.complete(params, options);
    signal.throwIfAborted();
    return { cursor, params, result, server };
  }

  /** The candidates that pass, no two alike; where none does, why the first did not. */
  #outcomeOf(cursor: CursorContext, candidates: readonly Candidate[], request: SuggestionRequest): Outcome {
    const passed = new Map<string, Insertion & Pick<Suggestion, 'written' | 'confidence'>>();
    let refused: NoSuggestionReason | undefined;
    for (const { text, written } of candidates) {
      const insertion = judge(cursor, text, written, request);
      if ('kind' in insertion) refused ??= insertion;
      else if (!request.explicit && this.#deletions.undoes(cursor, insertion.text)) refused ??= { kind: 'deleted' };
      else if (!passed.has(insertion.text) && passed.size < maxChoices)
        passed.set(insertion.text, { ...insertion, written, confidence: confidenceInRest(written.result, text) });
    }
    // The first is to be the newest: it is the one that is shown.
    const [suggestion, ...others] = [...passed.values()]
      .reverse()
      .map((one) => this.suggestions.add({ ...one, cursor }))
      .reverse();
    if (suggestion === undefined) return none(refused ?? { kind: 'wroteNothing' });
    return { kind: 'suggestion', suggestion, ...(others.length > 0 && { others }) };
  }

  #failure(error: unknown, signal: AbortSignal): Outcome {
    if (signal.aborted || (error instanceof EngineError && error.code === 'cancelled')) return cancelled;
    if (error instanceof EngineError && error.code === 'deadline') return none({ kind: 'late' });
    const { message, isNew } = this.#failures.note(error);
    this.observer.failed(message, isNew);
    return none({ kind: 'failed', message });
  }
}

function none(reason: NoSuggestionReason): Outcome {
  return { kind: 'none', reason };
}

/** The texts of one answer, the model's first choice first. */
function all(written: Written): Candidate[] {
  const { result } = written;
  const { alternatives = [], promptIds, timings } = result;
  return [
    { text: result.text, written },
    ...alternatives.map((other) => ({
      text: other.text,
      written: { ...written, result: { ...other, promptIds, timings } },
    })),
  ];
}

function judge(
  cursor: CursorContext,
  text: string,
  { result }: Written,
  request: SuggestionRequest,
): Insertion | NoSuggestionReason {
  const { minimumConfidence: minimum } = request;
  // Only its beginning is there.
  if (result.finish === 'unlikely') return { kind: 'unsure', confidence: result.confidence, minimum };
  const language = languageOf(request.path);
  const passed = applyFilters(text, {
    cursor,
    language,
    confidence: confidenceInRest(result, text),
    minimumConfidence: request.explicit ? 0 : minimum,
  });
  if (typeof passed !== 'string') return passed;
  const insertion = fit(passed, cursor, language);
  return insertion.text.trim() === '' ? { kind: 'repeatsFollowing' } : insertion;
}

/**
 * Probability of what is left of a text where its beginning has been typed. Typing takes its share of the doubt away: as
 * much as its tokens have of the whole text's, by the writer's own numbers.
 */
function confidenceInRest(
  { text, tokens, confidence }: Pick<CompleteResult, 'text' | 'tokens' | 'confidence'>,
  rest: string,
): number {
  const typed = text.length - rest.length;
  let [at, total, left] = [0, 0, 0];
  for (const token of tokens) {
    at += token.text.length;
    total += token.logprob;
    if (at > typed) left += token.logprob;
  }
  return total === 0 ? confidence : confidence ** (left / total);
}
