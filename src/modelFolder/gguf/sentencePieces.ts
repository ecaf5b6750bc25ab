/**
 * Writes a vocabulary of sentencepiece's byte pairs (`tokenizer.ggml.model` is `llama`) as the model of a `tokenizer.json`, with
 * the merges that its scores stand for; used by `tokenizer.ts`. Reads no file.
 */

/** sentencepiece's sign for a space. */
export const spaceMark = '▁';

/** A pair of tokens that make a token: the one with the highest score first, of equal ones the longest left part. */
interface ScoredPair {
  readonly pair: [string, string];
  readonly score: number;
  /** Characters of its parts. */
  readonly lengths: readonly [number, number];
}

/**
 * All pairs of tokens that make a token, in the order in which `tokenizers` has to try them to merge as sentencepiece does
 * by scores: `generate_merges` in tokenization_utils_base.py of https://github.com/huggingface/transformers.
 *
 * @param tokens by id
 * @param scores one for each token
 */
export function mergesByScore(tokens: readonly string[], scores: readonly number[]): [string, string][] {
  const ids = new Map(tokens.map((token, id) => [token, id]));
  const idOf = (token: string): number => ids.get(token) ?? -1;
  const all: ScoredPair[] = [];
  for (const [id, token] of tokens.entries()) {
    // A text that two ids have counts once.
    if (idOf(token) !== id) continue;
    const own: ScoredPair[] = [];
    const characters = Array.from(token);
    for (let at = 1, left = ''; at < characters.length; at++) {
      left += characters[at - 1] as string;
      const right = token.slice(left.length);
      if (!ids.has(left) || !ids.has(right)) continue;
      own.push({ pair: [left, right], score: scores[id] ?? 0, lengths: [at, characters.length - at] });
    }
    own.sort((a, b) => idOf(a.pair[0]) - idOf(b.pair[0]) || idOf(a.pair[1]) - idOf(b.pair[1]));
    all.push(...own);
  }
  all.sort((a, b) => b.score - a.score || b.lengths[0] - a.lengths[0] || b.lengths[1] - a.lengths[1]);
  return all.map(({ pair }) => pair);
}

/** What is done to a text before it is cut into tokens, and to tokens to get their text. @param prefixed whether texts begin with a space */
export function spacesAsMarks(prefixed: boolean): { normalizer: object; decoder: object } {
  const toMark = { type: 'Replace', pattern: { String: ' ' }, content: spaceMark };
  const toSpace = { type: 'Replace', pattern: { String: spaceMark }, content: ' ' };
  const steps = [toSpace, { type: 'ByteFallback' }, { type: 'Fuse' }];
  const withoutFirst = { type: 'Strip', content: ' ', start: 1, stop: 0 };
  return prefixed
    ? {
        normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: spaceMark }, toMark] },
        decoder: { type: 'Sequence', decoders: [...steps, withoutFirst] },
      }
    : { normalizer: toMark, decoder: { type: 'Sequence', decoders: steps } };
}
