/**
 * How GGUF's names of pre-tokenizers (`tokenizer.ggml.pre`) are spelled in a `tokenizer.json`: a table that `tokenizer.ts`
 * reads. A name stands for the rule that the models of that name were trained with, as llama.cpp's `llama-vocab.cpp`
 * lists them; where that file wrote a rule anew for its own engine, the rule of the models' tokenizer.json stands here.
 */

/** What a name decides about a tokenizer. */
export interface NamedPreTokenizer {
  /** Expressions (Oniguruma) that cut the text, each what the one before left. */
  readonly splits: readonly string[];
  /** The Unicode form that the models' own tokenizers bring a text into first. */
  readonly normalization?: 'NFC';
  /** Whether a piece that is a token as it stands is not built from merges. */
  readonly ignoreMerges?: boolean;
  /** Whether a text begins with the beginning-of-sequence token where the file does not say. */
  readonly addsBeginning?: boolean;
}

const contractions = "'s|'t|'re|'ve|'m|'ll|'d";
const gpt2 = String.raw`${contractions}| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`;
/** The rule of Llama 3 and Qwen 2, which differ in how many digits stand together. */
const modern = (digits: string): string =>
  String.raw`(?i:${contractions})|[^\r\n\p{L}\p{N}]?\p{L}+|${digits}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

const digitsApart: NamedPreTokenizer = { splits: [String.raw`\p{N}`, gpt2] };
const llama3: NamedPreTokenizer = {
  splits: [modern(String.raw`\p{N}{1,3}`)],
  ignoreMerges: true,
  addsBeginning: true,
};

export const preTokenizersByName: ReadonlyMap<string, NamedPreTokenizer> = new Map([
  ['default', { splits: [String.raw`[\p{P}\$\+<=>\^~\|]+`, gpt2, String.raw`\p{N}+`, '[0-9][0-9][0-9]'] }],
  ['gpt-2', { splits: [gpt2] }],
  ['smollm', digitsApart],
  ['starcoder', digitsApart],
  ['qwen2', { splits: [modern(String.raw`\p{N}`)], normalization: 'NFC' }],
  ['llama-bpe', llama3],
  ['llama3', llama3],
  ['llama-v3', llama3],
]);
