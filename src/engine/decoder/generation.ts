/**
 * State of one generation request: its growing text, sampling, speculation and finish reason; used by `decoder.ts` and
 * the encoder-decoder. Runs no graph itself.
 */
import { EngineError } from '../../ipc/engine/errors';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import type { FinishReason, Priority, Sampling } from '../../ipc/engine/protocol';
import type { Continuation, Continuations, TokenChoice } from './cache/continuations';
import type { Draft } from './speculation/lookup';
import { createSampler, scored } from './sampling/sampling';
import type { Sampler, ScoredToken } from './sampling/sampling';
import type { Speculation } from './speculation/speculation';

export interface GenerateRequest {
  /** At least one token, fewer than the context length. */
  readonly prompt: ArrayLike<number>;
  /** Generation also ends where the context is full. */
  readonly maxTokens: number;
  /** Generation ends with one of these, which is the last token of the result. */
  readonly stopIds: ReadonlySet<number>;
  /** Never generated. */
  readonly forbiddenIds: readonly number[];
  /** Asked before each token: which ones may be generated. Probabilities are among those. All may where it is left out. */
  readonly allows?: (() => ((id: number) => boolean) | undefined) | undefined;
  readonly sampling?: Sampling | undefined;
  /** Tokens that are written first, whatever the model would write: how probable they are is what is asked for. */
  readonly given?: readonly number[] | undefined;
  /**
   * Whether what is written is run in pairs, too (see `planRun`): a token takes a sixth more time behind short prompts, a third
   * behind long ones, and is remembered for whoever asks for the same text in pairs.
   */
  readonly inPairs?: boolean | undefined;
  /** How many likely alternatives are reported with each token; none where it is left out. */
  readonly runnersUp?: number | undefined;
  /** Whose cached sequence is extended; that of the last completion where it is left out. */
  readonly sequence?: Priority | undefined;
  /** Called with each token, the one that ends the generation included; decides on ends that only the text shows. */
  readonly onToken?: (token: ScoredToken) => 'continue' | 'stop';
}

export interface Generated {
  readonly tokens: readonly ScoredToken[];
  readonly finish: FinishReason;
  /** Prompt tokens that were in the cache and not run. */
  readonly reusedTokens: number;
  /** Prompt tokens that were run; one that was cached may be among them, since runs have an even number of rows. */
  readonly prefillTokens: number;
  /** Time of the runs up to the first token, without the pauses between them. */
  readonly prefillMs: number;
  /** Tokens behind the first that were run, and not remembered. */
  readonly decodeTokens: number;
  /** Time of their runs, without the pauses. */
  readonly decodeMs: number;
}

/** Given tokens that are run at once, since each keeps its logits. */
const maxGivenAtOnce = 15;

/** The text of one request as it grows, and when it ends. */
export class Generation {
  /** The prompt with room for what is generated behind it; beyond `length` there may be guesses. */
  readonly text: Int32Array;
  length: number;
  /** Its first tokens, which the request came with. */
  readonly promptLength: number;
  readonly tokens: ScoredToken[] = [];
  readonly #sample: Sampler;
  /** What tokens are chosen by; chance chooses where it is missing, or what stands in the text. */
  readonly #choice: TokenChoice | undefined;
  /** For each token whether it was chosen, or judged, among all there are. */
  readonly #isFree: boolean[] = [];
  /** What is expected behind the text, whether it is run or not. */
  #draft: Draft | undefined;
  #prefillTokens = 0;
  #unbroken = 0;
  #prefillMs = 0;
  #decodeTokens = 0;
  #decodeMs = 0;

  /** @throws {EngineError} `invalid`: the prompt does not fit the model */
  constructor(
    private readonly request: GenerateRequest,
    { contextLength, vocabularySize, name }: Pick<DecoderFolder, 'contextLength' | 'vocabularySize' | 'name'>,
    private readonly speculation?: Speculation,
  ) {
    const { prompt, maxTokens } = request;
    if (prompt.length === 0) throw new EngineError('invalid', 'A prompt needs at least one token.');
    if (prompt.length >= contextLength) {
      throw new EngineError(
        'invalid',
        `The prompt has ${prompt.length} tokens, but ${name} takes fewer than ${contextLength}.`,
      );
    }
    this.text = new Int32Array(Math.min(prompt.length + Math.max(1, maxTokens), contextLength));
    this.text.set(prompt);
    if (this.text.some((id) => id < 0 || id >= vocabularySize)) {
      throw new EngineError('invalid', `The prompt has a token that ${name} does not know.`);
    }
    this.length = prompt.length;
    this.promptLength = prompt.length;
    const { forbiddenIds, sampling, runnersUp = 0 } = request;
    this.#sample = createSampler(forbiddenIds, sampling, runnersUp);
    this.#choice = this.inPairs && isByProbability(sampling) ? { forbiddenIds, runnersUp } : undefined;
  }

  /** Tokens that can still be written, at least one. */
  get room(): number {
    return this.text.length - this.length;
  }

  /** Rows of the prompt that were run since the request began or a run of it was interrupted. */
  get unbroken(): number {
    return this.#unbroken;
  }

  interrupted(): void {
    this.#unbroken = 0;
  }

  /** A run has come to an end. @param rows prompt tokens among those that were run, as far as no token is written yet */
  count(rows: number, ms: number): void {
    if (this.tokens.length > 0) {
      this.#decodeMs += ms;
    } else {
      this.#prefillMs += ms;
      this.#prefillTokens += rows;
      this.#unbroken += rows;
    }
  }

  /** See `GenerateRequest`. */
  get inPairs(): boolean {
    return this.request.inPairs === true;
  }

  /** Whether what comes next was given with the request. */
  get isGiven(): boolean {
    return this.tokens.length < (this.request.given?.length ?? 0);
  }

  /** Puts given tokens behind the text, to be run with it: what the last one makes probable is not asked for. @returns how many */
  putGiven(): number {
    const given = this.request.given?.slice(this.tokens.length, -1) ?? [];
    const count = Math.min(given.length, maxGivenAtOnce, this.room - 1);
    this.text.set(given.slice(0, count), this.length);
    return count;
  }

  /** Puts guesses behind the text, to be run with its last token. @returns how many */
  guess(): number {
    this.#draft = this.#lookUp();
    if (!this.#draft || !this.speculation) return 0;
    const count = this.speculation.count(this.#draft);
    this.text.set(this.#draft.ids.slice(0, count), this.length);
    return count;
  }

  #lookUp(): Draft | undefined {
    return this.speculation?.draft(this.text, this.length, this.room - 1);
  }

  /**
   * Writes the next token, and further ones as long as the guesses behind the text are what is written.
   *
   * @param logits [drafts + 1, vocabulary] behind the text and each of the guesses
   * @returns why that was the last token, if it was
   */
  write(logits: Float32Array, drafts: number): FinishReason | undefined {
    const { given, allows } = this.request;
    const size = logits.length / (drafts + 1);
    const draft = given ? undefined : (this.#draft ?? this.#lookUp());
    this.#draft = undefined;
    for (let row = 0; ; row++) {
      const own = logits.subarray(row * size, (row + 1) * size);
      const id = given?.[this.tokens.length];
      const allowed = id === undefined ? allows?.() : undefined;
      const token = id === undefined ? this.#sample(own, this.text, this.length, allowed) : scored(own, id);
      if (this.tokens.length > 0) this.#decodeTokens++;
      if (row === 0 && draft) this.speculation?.observe(draft, token.id);
      const guessed = row < drafts && this.text[this.length] === token.id;
      const finish = this.#push(token, !allowed);
      if (finish !== undefined || !guessed) return finish;
    }
  }

  /**
   * Writes the next tokens as far as they are remembered.
   *
   * @returns why the last of them was the last token, if it was
   */
  recall(continuations: Continuations): FinishReason | undefined {
    for (;;) {
      const token = this.#recalled(continuations);
      if (!token) return undefined;
      const finish = this.#push(token, true);
      if (finish !== undefined) return finish;
    }
  }

  #recalled(continuations: Continuations): ScoredToken | undefined {
    if (!this.inPairs) return undefined;
    const id = this.request.given?.[this.tokens.length];
    if (id !== undefined) return continuations.given(this.text, this.length, id);
    if (!this.#choice || this.request.allows?.()) return undefined;
    return continuations.next(this.text, this.length, this.#choice);
  }

  /** Puts a token behind the text. @returns why it was the last one, if it was */
  #push(token: ScoredToken, isFree: boolean): FinishReason | undefined {
    this.tokens.push(token);
    this.#isFree.push(isFree);
    const wanted = this.request.onToken?.(token) ?? 'continue';
    if (this.request.stopIds.has(token.id)) return 'endOfMiddle';
    if (wanted === 'stop') return 'stop';
    if (this.room <= 1) return 'length';
    this.text[this.length++] = token.id;
    return undefined;
  }

  /** What was written, to be remembered; nothing where chance chose it, or it was not run in pairs. */
  continuation(): Continuation | undefined {
    if (!this.inPairs) return undefined;
    // Of given tokens and others behind them, the ones would be taken for the others.
    const choice = this.request.given ? 'given' : this.#choice;
    if (!choice || this.tokens.length === 0) return undefined;
    const tokens = this.tokens.map((token, at) => (this.#isFree[at] ? token : undefined));
    return { text: this.text.slice(0, this.length), start: this.promptLength, tokens, choice };
  }

  result(finish: FinishReason): Generated {
    return {
      tokens: this.tokens,
      finish,
      reusedTokens: this.request.prompt.length - Math.min(this.#prefillTokens, this.request.prompt.length),
      prefillTokens: this.#prefillTokens,
      prefillMs: this.#prefillMs,
      decodeTokens: this.#decodeTokens,
      decodeMs: this.#decodeMs,
    };
  }
}

/** Whether tokens depend on nothing but their probabilities. */
const isByProbability = (sampling: Sampling | undefined): boolean =>
  sampling === undefined || (sampling.temperature === 0 && (sampling.repetitionPenalty ?? 1) === 1);
