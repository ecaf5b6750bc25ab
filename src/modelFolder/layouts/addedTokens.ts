/**
 * Reads the added tokens and the vocabulary size from tokenizer files; used by the layouts for consistency checks and
 * special tokens. Content of unexpected form is ignored.
 */
import * as v from 'valibot';

const text = v.object({ id: v.number(), content: v.string() });
const inTokenizer = v.object({ added_tokens: v.array(text) });
const inConfig = v.object({ added_tokens_decoder: v.record(v.string(), v.object({ content: v.string() })) });

/** Added tokens by id, from `tokenizer.json` and from the `tokenizer_config.json` beside it. */
export function addedTokens(tokenizer: unknown, tokenizerConfig: unknown): Map<number, string> {
  const found = new Map<number, string>();
  if (v.is(inConfig, tokenizerConfig)) {
    for (const [id, { content }] of Object.entries(tokenizerConfig.added_tokens_decoder))
      found.set(Number(id), content);
  }
  if (v.is(inTokenizer, tokenizer)) for (const { id, content } of tokenizer.added_tokens) found.set(id, content);
  return found;
}

const withList = v.looseObject({ added_tokens: v.optional(v.array(v.looseObject({ id: v.number() })), []) });
const withRecord = v.object({ added_tokens_decoder: v.record(v.string(), v.looseObject({ content: v.string() })) });

/**
 * The content of `tokenizer.json` with those added tokens that only the configuration beside it names. The first counts where both
 * name a token.
 */
export function withAddedTokens(tokenizer: unknown, tokenizerConfig: unknown): unknown {
  if (!v.is(withRecord, tokenizerConfig)) return tokenizer;
  const parsed = v.safeParse(withList, tokenizer);
  if (!parsed.success) return tokenizer;
  const known = new Set(parsed.output.added_tokens.map(({ id }) => id));
  const more = Object.entries(tokenizerConfig.added_tokens_decoder)
    .map(([id, token]) => ({ id: Number(id), ...token }))
    .filter(({ id }) => !known.has(id));
  return { ...parsed.output, added_tokens: [...parsed.output.added_tokens, ...more] };
}

const vocabulary = v.object({ model: v.object({ vocab: v.record(v.string(), v.number()) }) });

/** The least number that all ids of a tokenizer are below; 0 where it has another form than expected. */
export function vocabularySize(tokenizer: unknown, added: ReadonlyMap<number, string>): number {
  let size = 0;
  if (v.is(vocabulary, tokenizer)) for (const id of Object.values(tokenizer.model.vocab)) size = Math.max(size, id + 1);
  for (const id of added.keys()) size = Math.max(size, id + 1);
  return size;
}
