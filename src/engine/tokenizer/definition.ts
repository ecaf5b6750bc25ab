import * as v from 'valibot';
import { EngineError } from '../errors';
import { misfit } from '../misfit';
import { byteCharacters } from './byteAlphabet';
import { MergeTable, type Merge } from './mergeTable';
import { createNormalizer, normalizer, type Normalizer } from './normalization';
import { createSplitter, preTokenizer, type Splitter } from './splitting';

const addedToken = v.object({
  id: v.pipe(v.number(), v.integer(), v.minValue(0)),
  content: v.string(),
  special: v.optional(v.boolean(), false),
});
const absent = v.nullish(v.literal(''));

/** The part of `tokenizer.json` that decides how plain text becomes tokens, as far as it is understood. */
const byteLevelBpe = v.object({
  added_tokens: v.optional(v.array(addedToken), []),
  normalizer: v.nullish(normalizer),
  pre_tokenizer: preTokenizer,
  model: v.object({
    type: v.optional(v.literal('BPE'), 'BPE'),
    dropout: v.nullish(v.literal(0)),
    continuing_subword_prefix: absent,
    end_of_word_suffix: absent,
    byte_fallback: v.optional(v.literal(false)),
    ignore_merges: v.optional(v.boolean(), false),
    vocab: v.custom<Record<string, unknown>>(
      (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    ),
    merges: v.array(v.unknown()),
  }),
});

/** The part of `tokenizer_config.json` that names added tokens which some exports leave out of `tokenizer.json`. */
const addedTokens = v.object({
  added_tokens_decoder: v.record(
    v.pipe(v.string(), v.digits()),
    v.object({ content: v.string(), special: v.optional(v.boolean(), false) }),
  ),
});

/** A byte-level BPE tokenizer, read and checked. */
export interface Definition {
  readonly normalize: Normalizer;
  readonly split: Splitter;
  /** Text of each token in the byte alphabet; holes where an id is not given out. Added tokens are not in it. */
  readonly tokens: readonly (string | undefined)[];
  readonly ids: ReadonlyMap<string, number>;
  /** Id of each byte. */
  readonly byteIds: Int32Array;
  readonly merges: MergeTable;
  /** A pre-token that is a token as it stands is not built from merges. */
  readonly wholeTokensFirst: boolean;
  readonly added: readonly { readonly id: number; readonly content: string; readonly special: boolean }[];
}

/**
 * Reads the content of a `tokenizer.json` of the Hugging Face `tokenizers` format, and of the `tokenizer_config.json`
 * beside it where there is one.
 *
 * @throws EngineError `modelInvalid`, in one sentence, for anything that is damaged or not understood.
 */
export function readDefinition(tokenizerJson: unknown, tokenizerConfig: unknown): Definition {
  const parsed = v.safeParse(byteLevelBpe, tokenizerJson);
  if (!parsed.success) throw refusal(misfit(parsed.issues[0]));
  const { added_tokens, model, ...steps } = parsed.output;

  const added = [...added_tokens, ...readAddedTokens(tokenizerConfig)];
  const addedIds = new Set(added.map(({ id }) => id));
  if (Math.max(0, ...addedIds) > maxId) throw refusal('an added token has an id beyond any vocabulary');
  const ids = readVocabulary(model.vocab, addedIds);
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of ids) tokens[id] = token;
  return {
    normalize: createNormalizer(steps.normalizer),
    split: readSplitter(steps.pre_tokenizer),
    tokens,
    ids,
    byteIds: readByteIds(ids),
    merges: new MergeTable(readMerges(model.merges, ids, model.vocab)),
    wholeTokensFirst: model.ignore_merges,
    added,
  };
}

const refusal = (reason: string, options?: ErrorOptions): EngineError =>
  new EngineError(
    'modelInvalid',
    `tokenizer.json cannot be used: ${reason}; use a model with a byte-level BPE tokenizer.`,
    options,
  );

function readAddedTokens(tokenizerConfig: unknown): Definition['added'] {
  const parsed = v.safeParse(addedTokens, tokenizerConfig);
  if (!parsed.success) return [];
  return Object.entries(parsed.output.added_tokens_decoder).map(([id, token]) => ({ id: Number(id), ...token }));
}

/** Tokens that plain text can become. A special token is none of them, even where merges would lead to its text. */
function readVocabulary(vocabulary: Record<string, unknown>, addedIds: ReadonlySet<number>): Map<string, number> {
  const ids = new Map<string, number>();
  for (const [token, id] of Object.entries(vocabulary)) {
    if (typeof id !== 'number' || !Number.isInteger(id) || id < 0 || id > maxId)
      throw refusal(`the token ${JSON.stringify(token)} has no valid id`);
    if (!addedIds.has(id)) ids.set(token, id);
  }
  return ids;
}

/** No tokenizer is near this; a lying file must not make the engine allocate gigabytes. */
const maxId = 2 ** 22;

function readSplitter(config: v.InferOutput<typeof preTokenizer>): Splitter {
  try {
    return createSplitter(config);
  } catch (cause) {
    throw refusal(cause instanceof Error ? cause.message : 'the pre-tokenizer is not understood', { cause });
  }
}

/** Bytes that never occur in UTF-8, which some vocabularies leave out. */
const neverInUtf8 = (byte: number): boolean => byte === 0xc0 || byte === 0xc1 || byte >= 0xf5;

function readByteIds(ids: ReadonlyMap<string, number>): Int32Array {
  return Int32Array.from(byteCharacters, (character, byte) => {
    const id = ids.get(character);
    if (id === undefined && !neverInUtf8(byte)) throw refusal(`its vocabulary lacks the byte ${byte}`);
    return id ?? 0;
  });
}

/** Merges are written as `["a", "b"]` or, in older files, as `"a b"`. */
function readMerges(
  entries: readonly unknown[],
  ids: ReadonlyMap<string, number>,
  vocabulary: Record<string, unknown>,
): Merge[] {
  const merges: Merge[] = [];
  entries.forEach((entry, rank) => {
    const [left, right, ...rest] = (
      typeof entry === 'string' ? entry.split(' ') : Array.isArray(entry) ? entry : []
    ) as unknown[];
    if (typeof left !== 'string' || typeof right !== 'string' || rest.length > 0)
      throw refusal(`merge ${rank} is not a pair of tokens`);
    const [leftId, rightId, merged] = [left, right, left + right].map((token) => ids.get(token));
    if (leftId !== undefined && rightId !== undefined && merged !== undefined)
      merges.push({ left: leftId, right: rightId, rank, merged });
    else if (![left, right, left + right].every((token) => Object.hasOwn(vocabulary, token)))
      throw refusal(`merge ${rank} uses a token that is not in the vocabulary`);
  });
  return merges;
}
