import type { Decoder, Generated } from '../../src/engine/decoder/decoder';

export const noPause = () => Promise.resolve(undefined);

/** Writes the given tokens, whatever the prompt, and ends as a decoder does. @param share the probability of each */
export const writer = (
  script: readonly number[],
  cutOff: Generated['finish'] = 'length',
  share = 0.9,
): Pick<Decoder, 'generate'> => ({
  generate({ prompt, onToken, stopIds, maxTokens }) {
    const tokens: Generated['tokens'][number][] = [];
    let finish = cutOff;
    for (const id of script.slice(0, maxTokens)) {
      const token = { id, logprob: Math.log(share) };
      tokens.push(token);
      const wanted = onToken?.(token);
      if (stopIds.has(id)) finish = 'endOfMiddle';
      else if (wanted === 'stop') finish = 'stop';
      if (finish !== cutOff) break;
    }
    return Promise.resolve({
      tokens,
      finish,
      reusedTokens: 0,
      prefillTokens: prompt.length,
      prefillMs: 1,
      decodeTokens: tokens.length - 1,
      decodeMs: 2,
    });
  },
});
