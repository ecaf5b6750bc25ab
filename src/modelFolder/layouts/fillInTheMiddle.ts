/**
 * Spellings of fill-in-the-middle tokens in public models, with the order of the parts, and the choice among them by
 * vocabulary; used by `publicDecoder.ts`, and by `src/servers` for models of which only the name is known.
 */
import type { PromptLayout, SpecialToken } from './types';

type Tokens = Partial<Record<SpecialToken, string>>;

/** How one family of models spells a fill-in-the-middle prompt. */
export interface Spelling {
  readonly layout: PromptLayout;
  readonly tokens: Tokens;
  /** Other tokens of such a model, where its spelling alone is another model's, too. */
  readonly beside?: readonly string[];
}

const prefixFirst = (tokens: Tokens): Spelling => ({ layout: 'prefix-suffix-middle', tokens });
const suffixFirst = (tokens: Tokens, beside?: readonly string[]): Spelling => ({
  layout: 'suffix-prefix-middle',
  tokens,
  ...(beside && { beside }),
});

const starCoder: Tokens = {
  prefix: '<fim_prefix>',
  suffix: '<fim_suffix>',
  middle: '<fim_middle>',
  file: '<filename>',
  pad: '<fim_pad>',
};

/**
 * How public models spell the tokens of a fill-in-the-middle prompt, those that are told by more before the others.
 * Source: the tokenizers of the models named, and their cards and reports for the order of the parts.
 */
export const spellings = {
  // Qwen2.5-Coder, Granite (new)
  qwen: prefixFirst({
    prefix: '<|fim_prefix|>',
    suffix: '<|fim_suffix|>',
    middle: '<|fim_middle|>',
    file: '<|file_sep|>',
    pad: '<|fim_pad|>',
  }),
  // CodeGemma
  codeGemma: prefixFirst({
    prefix: '<|fim_prefix|>',
    suffix: '<|fim_suffix|>',
    middle: '<|fim_middle|>',
    file: '<|file_separator|>',
  }),
  // Mellum (arXiv 2510.05788): the tokens of StarCoder, and roles
  mellum: suffixFirst(starCoder, ['<system>', '<user>', '<assistant>']),
  // StarCoder2, StarCoder and SantaCoder
  starCoder2: prefixFirst({ ...starCoder, file: '<file_sep>' }),
  starCoder: prefixFirst(starCoder),
  santaCoder: prefixFirst({ prefix: '<fim-prefix>', suffix: '<fim-suffix>', middle: '<fim-middle>', pad: '<fim-pad>' }),
  // Seed-Coder (arXiv 2506.03524)
  seedCoder: suffixFirst({ prefix: '<[fim-prefix]>', suffix: '<[fim-suffix]>', middle: '<[fim-middle]>' }),
  // DeepSeek-Coder: the hole stands where the suffix begins
  deepSeek: prefixFirst({ prefix: '<｜fim▁begin｜>', suffix: '<｜fim▁hole｜>', middle: '<｜fim▁end｜>' }),
  // CodeLlama
  codeLlamaPieces: prefixFirst({ prefix: '▁<PRE>', suffix: '▁<SUF>', middle: '▁<MID>', endOfMiddle: '▁<EOT>' }),
  codeLlama: prefixFirst({ prefix: '<PRE>', suffix: '<SUF>', middle: '<MID>', endOfMiddle: '<EOT>' }),
  // Codestral, as mistral-common writes it: the middle follows the prefix without a mark
  codestral: suffixFirst({ prefix: '[PREFIX]', suffix: '[SUFFIX]' }),
} as const satisfies Record<string, Spelling>;
export type SpellingName = keyof typeof spellings;

/**
 * The spelling of which a tokenizer knows prefix, suffix and what must stand beside them, and most of the rest; without what it
 * lacks.
 */
export function fillInTheMiddle(known: ReadonlySet<string>): Pick<Spelling, 'layout' | 'tokens'> | undefined {
  const candidates = Object.values<Spelling>(spellings)
    .filter(({ tokens: { prefix, suffix, middle }, beside = [] }) =>
      [prefix, suffix, middle, ...beside].every((text) => text === undefined || known.has(text)),
    )
    .map(({ layout, tokens, beside = [] }) => {
      const found = Object.fromEntries(Object.entries(tokens).filter(([, text]) => known.has(text))) as Tokens;
      return { layout, tokens: found, count: Object.keys(found).length + beside.length };
    });
  const best = candidates.sort((a, b) => b.count - a.count)[0];
  return best && { layout: best.layout, tokens: best.tokens };
}
