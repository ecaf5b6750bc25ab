/**
 * Says how probable a decoder finds what stands behind the cursor once a text is written there; used by
 * `copying/completion.ts` to rerank texts of models that are prompted with what stands before it alone.
 */
import { splitAtCursor } from '../../common/text/cursor';
import type { Step } from '../../common/step';
import type { CompleteParams, Priority } from '../../ipc/engine/protocol';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import type { Decoder } from '../decoder/decoder';
import type { Prompt, PromptBuilder } from '../prompt/layout';
import { followingText, maxFollowingTokens } from './reranking';

const replacementCharacter = '\ufffd';

/** Natural logarithm of the probability of what follows, and its tokens. */
export interface Following {
  readonly followed: number;
  readonly followingTokens: number;
}

/** Where nothing follows, or it is not known what. */
export const unknownFollowing: Following = { followed: 0, followingTokens: 0 };

/** Asks a decoder what follows texts at a cursor. */
export class FollowingText {
  /** @param prompts of the model that writes the texts */
  constructor(
    private readonly prompts: Pick<PromptBuilder, 'build'>,
    private readonly tokenizer: Tokenizer,
    private readonly decoder: Pick<Decoder, 'generate'>,
  ) {}

  /**
   * What stands behind the cursor, first behind each of the texts: nothing is known where nothing stands there. The same
   * parameters give the same numbers.
   *
   * @param step see `Decoder.generate`
   * @throws {EngineError} `invalid`, `runtime`, and what `step` throws
   */
  async behind(
    params: CompleteParams,
    texts: readonly string[],
    step: Step,
    sequence?: Priority,
  ): Promise<Following[]> {
    const following = followingText(splitAtCursor(params.prefix, params.suffix));
    const prompt = this.prompts.build(params, params.maxTokens, params.maxPromptTokens);
    const begun = prompt.healed === undefined ? '' : Buffer.from(prompt.healed).toString('utf8');
    // A character that the prompt ends within is written by the texts: what they say of it is no text.
    if (following.trim() === '' || begun.includes(replacementCharacter)) return texts.map(() => unknownFollowing);
    const found: Following[] = [];
    for (const text of texts) found.push(await this.#one(prompt, { text: begun + text, following }, step, sequence));
    return found;
  }

  async #one(
    prompt: Prompt,
    { text, following }: { readonly text: string; readonly following: string },
    step: Step,
    sequence: Priority | undefined,
  ): Promise<Following> {
    const { ids, ranges } = this.tokenizer.encodeWithRanges(text + following);
    const starts = Array.from(ids, (_, at) => ranges[2 * at] ?? 0);
    const own = starts.findIndex((start) => start >= text.length);
    if (own < 0) return unknownFollowing;
    const given = Array.from(ids.subarray(own, own + maxFollowingTokens));
    const { tokens } = await this.decoder.generate(
      {
        prompt: [...prompt.ids, ...ids.subarray(0, own)],
        given,
        inPairs: true,
        maxTokens: given.length,
        stopIds: new Set(),
        forbiddenIds: [],
        sequence,
      },
      step,
    );
    return { followed: tokens.reduce((sum, { logprob }) => sum + logprob, 0), followingTokens: tokens.length };
  }
}
