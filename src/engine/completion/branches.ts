/**
 * Ranks the points where a generated text could have taken another token, from each token's runners-up; used by
 * `completionModel.ts` to start alternatives. Runs no model.
 */
import type { ScoredToken } from '../decoder/sampling/sampling';

/** The beginning of another text: what was written up to some place, and a token there that was not. */
export interface Branch {
  readonly tokens: readonly ScoredToken[];
  /** Of its tokens together. */
  readonly logprob: number;
}

/**
 * Where a text could have gone on otherwise, the likeliest beginnings first: a model that hesitates between two words
 * in the middle of a text has its second idea there, and not at the text's first token.
 *
 * @param tokens with their runners-up
 */
export function branchesOf(tokens: readonly ScoredToken[]): Branch[] {
  let before = 0;
  const branches = tokens.flatMap(({ logprob, runnersUp = [] }, at) => {
    const found = runnersUp.map((other): Branch => ({
      tokens: [...tokens.slice(0, at), other],
      logprob: before + other.logprob,
    }));
    before += logprob;
    return found;
  });
  return branches.sort((a, b) => b.logprob - a.logprob);
}
