/**
 * Completes code at a cursor with a decoder: builds the prompt, generates, applies the stop rule and finds
 * alternatives; opened by `openModel.ts`, wrapped by `copying/completion.ts`. Results do not depend on earlier
 * requests.
 */
import type { Copy } from './copying/copy';
import { EngineError } from '../../ipc/engine/errors';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import { splitAtCursor } from '../../common/text/cursor';
import { PromptBuilder } from '../prompt/layout';
import type { Prompt } from '../prompt/layout';
import type { AlternativeText, CompleteParams, CompleteResult, Priority } from '../../ipc/engine/protocol';
import type { Step } from '../../common/step';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import { branchesOf } from './branches';
import type { Decoder, Generated } from '../decoder/decoder';
import { Healing } from './healing';
import type { ScoredToken } from '../decoder/sampling/sampling';
import { createStopRule } from '../../stopping/createStopRule';
import { noTimings, timingsOf, tokensOf, WrittenText } from '../decoder/written';

/** What is asked for, with what was found out about the place. */
export interface AskedCompletion extends CompleteParams {
  /** See `EmptyBodies`. */
  readonly inEmptyBody?: boolean;
}

/**
 * In `auto`, several lines are proposed from this probability on, else the first of them: so that they are as often what the
 * programmer writes as the lines that are shown.
 */
export const minBlockConfidence = 0.5;

/** Beginnings that are tried for each alternative: some lead to a text that is there already, or to none. */
const triesEach = 3;

/** Until where texts are worth being written. Natural logarithms of probabilities. */
export interface Limits {
  /** A text that becomes less probable is given up; see `minConfidence` where it is left out. */
  readonly least?: number;
  /** Alternatives that are less probable than the best text by more than this are given up. */
  readonly maxBehind?: number;
}

/** One text to be written. */
interface Job {
  readonly params: AskedCompletion;
  readonly prompt: Prompt;
  readonly sequence: Priority | undefined;
  /** What the text begins with. */
  readonly given: readonly ScoredToken[];
  /** Runners-up that are wanted with each token. */
  readonly runnersUp: number;
  /** See {@link Limits}. */
  readonly least: number;
}

/** A text as it is proposed, and all that was generated. */
interface Written {
  readonly written: AlternativeText;
  readonly generated: Generated;
}

/** Completes code at a cursor: prompt, generation, and where the proposal ends. */
export class CompletionModel {
  readonly prompts: PromptBuilder;

  /** @throws {EngineError} `modelInvalid` where folder and tokenizer do not fit */
  constructor(
    folder: DecoderFolder,
    private readonly tokenizer: Tokenizer,
    private readonly decoder: Pick<Decoder, 'generate'>,
  ) {
    this.prompts = new PromptBuilder(folder, tokenizer);
  }

  /**
   * The same parameters give the same result, whatever was completed before.
   *
   * `confidence` is the probability that the model gives to the proposed text as a whole: the product of its tokens'
   * probabilities, the end of the middle included where the model wrote one.
   *
   * Alternatives leave the text where the model was least sure of it. What they have in common with it is in the cache
   * by then, so each costs the time of the tokens that are its own. A `deadline` ends them with those that there are.
   *
   * @param step see `Decoder.generate`; a `deadline` ends the completion with the text there is, if any
   * @param onText called with each new piece of the text; no piece is ever taken back
   * @param sequence see `GenerateRequest`
   * @throws {EngineError} `invalid`, `runtime`, and what `step` throws
   */
  async complete(
    params: AskedCompletion,
    step: Step,
    onText: (text: string) => void,
    sequence?: Priority,
    { least = leastOf(params), maxBehind = Infinity }: Limits = {},
  ): Promise<CompleteResult> {
    const started = performance.now();
    const prompt = this.prompts.build(params, params.maxTokens, params.maxPromptTokens);
    const tokenizeMs = performance.now() - started;

    const { alternatives: wanted } = params;
    const job: Job = { params, prompt, sequence, given: [], runnersUp: wanted ?? 0, least };
    const { written, generated } = await this.#write(job, step, onText);
    if (generated.finish === 'deadline' && written.text === '') {
      throw new EngineError('deadline', 'The completion was not ready in time.');
    }
    return {
      ...written,
      ...(wanted !== undefined && {
        alternatives: await this.#alternatives(job, { written, generated, maxBehind }, step),
      }),
      promptIds: Int32Array.from(prompt.ids),
      timings: timingsOf(generated, tokenizeMs),
    };
  }

  /**
   * A text that did not come from the model, as if it had written it: in its tokens, each as probable as all others, and
   * with the prompt that it would have seen.
   *
   * @throws {EngineError} `invalid`
   */
  propose(params: CompleteParams, { text, confidence, from }: Copy): CompleteResult {
    const { ids } = this.prompts.build(params, params.maxTokens, params.maxPromptTokens);
    const written = this.tokenizer.encode(text);
    const stream = this.tokenizer.stream();
    const logprob = Math.log(confidence);
    return {
      text,
      tokens: written.map((id) => ({ id, text: stream.push(id), logprob: logprob / written.length })),
      logprob,
      confidence,
      finish: 'stop',
      copied: from,
      promptIds: Int32Array.from(ids),
      timings: noTimings,
    };
  }

  async #alternatives(
    job: Job,
    { written: { text, tokens, logprob, finish }, generated, maxBehind }: Written & { readonly maxBehind: number },
    step: Step,
  ): Promise<AlternativeText[]> {
    const wanted = job.runnersUp;
    const found: AlternativeText[] = [];
    const known = new Set([text.trim(), '']);
    const isCut = finish === 'deadline' || finish === 'unlikely';
    const branches = isCut ? [] : branchesOf(generated.tokens.slice(0, tokens.length));
    let best = text.trim() === '' ? -Infinity : logprob;
    for (const { tokens: given, logprob: begun } of branches.slice(0, triesEach * wanted)) {
      const least = Math.max(job.least, best - maxBehind);
      // Those that come behind it have begun with less.
      if (found.length === wanted || begun < least) break;
      const other = await this.#alternative({ ...job, given, runnersUp: 0, least }, step);
      if (other === 'late') break;
      if (other.finish === 'unlikely' || known.has(other.text.trim())) continue;
      known.add(other.text.trim());
      found.push(other);
      best = Math.max(best, other.logprob);
    }
    return found;
  }

  async #alternative(job: Job, step: Step): Promise<AlternativeText | 'late'> {
    try {
      const { written } = await this.#write(job, step, () => undefined);
      return written.finish === 'deadline' ? 'late' : written;
    } catch (error) {
      if (error instanceof EngineError && error.code === 'deadline') return 'late';
      throw error;
    }
  }

  async #write(
    { params, prompt, sequence, given, runnersUp, least }: Job,
    step: Step,
    onText: (text: string) => void,
  ): Promise<Written> {
    const place = { ...splitAtCursor(params.prefix, params.suffix), inEmptyBody: params.inEmptyBody };
    const rule = createStopRule(params.mode, params.path, place);
    const text = new WrittenText(this.tokenizer, rule, onText, prompt.healed?.length);
    const healing = prompt.healed && new Healing(this.tokenizer, prompt.healed);
    let sum = 0;
    let isGivenUp = false as boolean;
    const push = ({ id, logprob }: ScoredToken) => {
      healing?.push(id);
      sum += logprob;
      if (!text.push(id)) return 'stop';
      // Too unsure of several lines: what comes now would be thrown away.
      if (sum < Math.log(minBlockConfidence) && text.endAtFirstLine()) return 'stop';
      isGivenUp = sum < least;
      return isGivenUp ? 'stop' : 'continue';
    };
    // The prompt is one token shorter where it is healed.
    const maxTokens = params.maxTokens + (healing ? 1 : 0);
    const finish = begin(given, push, prompt.stopIds, maxTokens);
    const rested =
      finish === undefined
        ? await this.decoder.generate(
            {
              prompt: [...prompt.ids, ...given.map(({ id }) => id)],
              maxTokens: maxTokens - given.length,
              stopIds: prompt.stopIds,
              forbiddenIds: prompt.forbiddenIds,
              sampling: params.sampling,
              inPairs: true,
              runnersUp,
              sequence,
              allows: healing && (() => healing.allows),
              onToken: push,
            },
            step,
          )
        : { tokens: [], finish, ...nothingRun };
    const generated: Generated = { ...rested, tokens: [...given, ...rested.tokens] };
    const { text: proposed, count } = text.finish(generated.finish);
    const tokens = tokensOf(generated, count, text);
    const logprob = tokens.reduce((total, token) => total + token.logprob, 0);
    // What was given up may end before the token that was too much.
    const confidence = Math.exp(isGivenUp ? sum : logprob);
    const end = isGivenUp || logprob < least ? 'unlikely' : generated.finish;
    return {
      written: { text: proposed, tokens, logprob, confidence, finish: end },
      generated,
    };
  }
}

/** A text whose probability is its confidence is of no use below the least one. */
const leastOf = ({ minConfidence = 0 }: CompleteParams): number => Math.log(minConfidence);

const nothingRun = { reusedTokens: 0, prefillTokens: 0, prefillMs: 0, decodeTokens: 0, decodeMs: 0 };

/** Writes what a text begins with. @returns why it ends with that, if it does */
function begin(
  given: readonly ScoredToken[],
  push: (token: ScoredToken) => 'continue' | 'stop',
  stopIds: ReadonlySet<number>,
  maxTokens: number,
): Generated['finish'] | undefined {
  for (const token of given) {
    const wanted = push(token);
    if (stopIds.has(token.id)) return 'endOfMiddle';
    if (wanted === 'stop') return 'stop';
  }
  return given.length >= maxTokens ? 'length' : undefined;
}
