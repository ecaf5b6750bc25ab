/**
 * Spellings of fill-in-the-middle tokens in public models, and the choice among them by vocabulary; used by
 * `publicDecoder.ts`.
 */
import type { SpecialToken } from './types';

type Spelling = Partial<Record<SpecialToken, string>>;

/**
 * How public models spell the tokens of a fill-in-the-middle prompt; all of them put the prefix first.
 * Source: the tokenizers of the models named, and their cards for the order of the parts.
 */
const spellings: readonly Spelling[] = [
  // Qwen2.5-Coder, Granite (new)
  {
    prefix: '<|fim_prefix|>',
    suffix: '<|fim_suffix|>',
    middle: '<|fim_middle|>',
    file: '<|file_sep|>',
    pad: '<|fim_pad|>',
  },
  // CodeGemma
  { prefix: '<|fim_prefix|>', suffix: '<|fim_suffix|>', middle: '<|fim_middle|>', file: '<|file_separator|>' },
  // StarCoder2, StarCoder and SantaCoder
  { prefix: '<fim_prefix>', suffix: '<fim_suffix>', middle: '<fim_middle>', file: '<file_sep>', pad: '<fim_pad>' },
  { prefix: '<fim_prefix>', suffix: '<fim_suffix>', middle: '<fim_middle>', file: '<filename>', pad: '<fim_pad>' },
  { prefix: '<fim-prefix>', suffix: '<fim-suffix>', middle: '<fim-middle>', pad: '<fim-pad>' },
  // DeepSeek-Coder: the hole stands where the suffix begins
  { prefix: '<｜fim▁begin｜>', suffix: '<｜fim▁hole｜>', middle: '<｜fim▁end｜>' },
  // CodeLlama
  { prefix: '▁<PRE>', suffix: '▁<SUF>', middle: '▁<MID>', endOfMiddle: '▁<EOT>' },
  { prefix: '<PRE>', suffix: '<SUF>', middle: '<MID>', endOfMiddle: '<EOT>' },
];

/** The spelling of which a tokenizer knows prefix, suffix and middle, and most of the rest; without what it lacks. */
export function fillInTheMiddleTokens(known: ReadonlySet<string>): Spelling | undefined {
  const candidates = spellings
    .filter(({ prefix, suffix, middle }) =>
      [prefix, suffix, middle].every((text) => text !== undefined && known.has(text)),
    )
    .map((spelling) => Object.fromEntries(Object.entries(spelling).filter(([, text]) => known.has(text))) as Spelling);
  return candidates.sort((a, b) => Object.keys(b).length - Object.keys(a).length)[0];
}
