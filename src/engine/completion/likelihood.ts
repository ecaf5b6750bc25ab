/**
 * Says how probable a decoder finds texts at one place, and what stands behind them, for requests that have to choose between
 * them; opened by `openModel.ts`. Writes nothing. The same texts give the same numbers.
 */
import type { Step } from '../../common/step';
import { EngineError } from '../../ipc/engine/errors';
import type { LikelihoodParams, TextLikelihood } from '../../ipc/engine/messages/likelihood';
import type { Priority } from '../../ipc/engine/protocol';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import type { Decoder } from '../decoder/decoder';
import { SpecialIds } from '../prompt/special';
import { maxFollowingTokens } from './reranking';

/** A text with what stands around it, in tokens. */
interface Written {
  readonly ids: Int32Array;
  /** The first token behind the text: one that begins in it is its own. */
  readonly end: number;
}

export class Likelihoods {
  readonly #special: SpecialIds;

  /** @throws {EngineError} `modelInvalid` where folder and tokenizer do not fit */
  constructor(
    private readonly folder: DecoderFolder,
    private readonly tokenizer: Tokenizer,
    private readonly decoder: Pick<Decoder, 'generate'>,
  ) {
    this.#special = new SpecialIds(folder, tokenizer);
  }

  /**
   * In the order of the texts.
   *
   * @param step see `Decoder.generate`
   * @param sequence see `GenerateRequest`
   * @throws {EngineError} `invalid` where the texts do not fit, `runtime`, and what `step` throws
   */
  async of(
    { before, texts, behind }: Omit<LikelihoodParams, 'model'>,
    step: Step,
    sequence?: Priority,
  ): Promise<TextLikelihood[]> {
    const written = texts.map((text) => this.#written(before, text, behind));
    const shared = sharedTokens(written);
    const front = this.#front(shared);
    const longest = front.length + Math.max(...written.map(({ end }) => end)) + maxFollowingTokens;
    if (longest > this.folder.contextLength) {
      throw new EngineError(
        'invalid',
        `The texts have up to ${longest} tokens, but ${this.folder.name} takes ${this.folder.contextLength} at most.`,
      );
    }
    const found: TextLikelihood[] = [];
    for (const one of written) found.push(await this.#likelihood(front, one, shared, step, sequence));
    return found;
  }

  #written(before: string, text: string, behind: string): Written {
    const { ids, ranges } = this.tokenizer.encodeWithRanges(before + text + behind);
    const length = before.length + text.length;
    const end = ids.findIndex((_, at) => (ranges[2 * at] ?? 0) >= length);
    return { ids, end: end < 0 ? ids.length : end };
  }

  /** What a text begins with for the model; a token that parts texts where nothing else is known of them. */
  #front(shared: number): number[] {
    const begin = this.#special.get('beginOfText') ?? (shared === 0 ? this.#special.get('endOfText') : undefined);
    if (begin === undefined && shared === 0)
      throw new EngineError('invalid', `${this.folder.name} judges no text that nothing stands before.`);
    return begin === undefined ? [] : [begin];
  }

  async #likelihood(
    front: readonly number[],
    { ids, end }: Written,
    shared: number,
    step: Step,
    sequence: Priority | undefined,
  ): Promise<TextLikelihood> {
    const given = Array.from(ids.subarray(shared, end + maxFollowingTokens));
    const own = end - shared;
    if (given.length === 0) return { logprob: 0, tokens: 0, followed: 0, followingTokens: 0 };
    const { tokens } = await this.decoder.generate(
      {
        prompt: [...front, ...ids.subarray(0, shared)],
        given,
        maxTokens: given.length,
        stopIds: new Set(),
        forbiddenIds: [],
        sequence,
      },
      step,
    );
    const sum = (from: number, to?: number): number =>
      tokens.slice(from, to).reduce((total, { logprob }) => total + logprob, 0);
    return { logprob: sum(0, own), tokens: own, followed: sum(own), followingTokens: tokens.length - own };
  }
}

/** Tokens that all texts begin with, what stands before them included. */
function sharedTokens([first, ...others]: readonly Written[]): number {
  const least = Math.min(first?.end ?? 0, ...others.map(({ end }) => end));
  let shared = 0;
  while (shared < least && others.every(({ ids }) => ids[shared] === first?.ids[shared])) shared++;
  return shared;
}
