/**
 * Reads and checks a `tokenizer.json` and builds the parts of a tokenizer from it; used by `tokenizer.ts`. Refuses
 * features it does not support rather than tokenize wrongly.
 */
import * as v from 'valibot';
import { EngineError } from '../../ipc/engine/errors';
import { misfit } from '../../common/schemaIssue';
import { AddedSplitter } from './addedSplitter';
import type { AddedToken } from './addedSplitter';
import { MergeTable } from './mergeTable';
import type { Merge } from './mergeTable';
import { BytePairModel } from './models/bytePairs';
import { CharacterPairModel } from './models/characterPairs';
import { vocabularyRecord } from './models/tokenModel';
import type { TokenModel, Vocabulary } from './models/tokenModel';
import { UnigramModel } from './models/unigrams';
import { WordPieceModel } from './models/wordPieces';
import { createNormalizer, normalizer } from './normalization';
import type { Normalizer } from './normalization';
import { createPreTokenizer, endsInBytes, preTokenizer } from './preTokenization';
import type { PreTokenizer } from './preTokenization';

/** Text that looks like markup for the model, whether or not its file flags it as special. */
const markup = /^<.*>$/s;

const id = v.pipe(v.number(), v.integer(), v.minValue(0));
const flags = {
  content: v.string(),
  special: v.optional(v.boolean(), false),
  single_word: v.optional(v.boolean(), false),
  lstrip: v.optional(v.boolean(), false),
  rstrip: v.optional(v.boolean(), false),
  normalized: v.optional(v.boolean(), false),
};
const addedToken = v.object({ id, ...flags });
const absent = v.nullish(v.literal(''));

const bytePairs = v.object({
  type: v.optional(v.literal('BPE'), 'BPE'),
  dropout: v.nullish(v.literal(0)),
  continuing_subword_prefix: absent,
  end_of_word_suffix: absent,
  unk_token: v.nullish(v.string()),
  fuse_unk: v.optional(v.boolean(), false),
  byte_fallback: v.optional(v.boolean(), false),
  ignore_merges: v.optional(v.boolean(), false),
  vocab: vocabularyRecord,
  merges: v.array(v.unknown()),
});
const wordPieces = v.object({
  type: v.literal('WordPiece'),
  unk_token: v.optional(v.string(), '[UNK]'),
  continuing_subword_prefix: v.optional(v.string(), '##'),
  max_input_chars_per_word: v.optional(v.number(), 100),
  vocab: vocabularyRecord,
});
const unigrams = v.object({
  type: v.literal('Unigram'),
  unk_id: v.nullish(id),
  byte_fallback: v.optional(v.boolean(), false),
  vocab: v.array(v.tuple([v.string(), v.number()])),
});
const modelType = v.object({ model: v.object({ type: v.optional(v.string(), 'BPE') }) });

const steps = {
  added_tokens: v.optional(v.array(addedToken), []),
  normalizer: v.nullish(normalizer),
  pre_tokenizer: v.nullish(preTokenizer),
};
/** The part of `tokenizer.json` that decides how plain text becomes tokens, as far as it is understood. */
const schemas = {
  BPE: v.object({ ...steps, model: bytePairs }),
  WordPiece: v.object({ ...steps, model: wordPieces }),
  Unigram: v.object({ ...steps, model: unigrams }),
} as const;

/** The part of `tokenizer_config.json` that names added tokens which some exports leave out of `tokenizer.json`. */
const addedTokens = v.object({
  added_tokens_decoder: v.record(v.pipe(v.string(), v.digits()), v.object(flags)),
});

/** A tokenizer, read and checked. */
export interface TokenizerDefinition {
  /** Finds tokens before the text is normalised. */
  readonly addedFirst: AddedSplitter;
  readonly normalize: Normalizer;
  /** Finds tokens in the normalised text. */
  readonly addedThen: AddedSplitter;
  readonly split: PreTokenizer;
  readonly model: TokenModel;
  /** Text of each token as the vocabulary writes it; holes where an id is not given out, or to a special token. */
  readonly tokens: readonly (string | undefined)[];
  readonly added: readonly AddedToken[];
  /** Those of them that steer the model and stand for no text. */
  readonly special: readonly AddedToken[];
}

/**
 * Reads the content of a `tokenizer.json` of the Hugging Face `tokenizers` format, and of the `tokenizer_config.json`
 * beside it where there is one.
 *
 * @throws {EngineError} `modelInvalid`, in one sentence, for anything that is damaged or not understood.
 */
export function readDefinition(tokenizerJson: unknown, tokenizerConfig: unknown): TokenizerDefinition {
  const parsed = parseDefinition(tokenizerJson);
  const added = mergedTokens(parsed.added_tokens, readAddedTokens(tokenizerConfig));
  if (added.some((token) => token.id > maxId)) throw refusal('an added token has an id beyond any vocabulary');
  const special = added.filter((token) => token.special || markup.test(token.content));
  const { model, vocabulary } = understood(() => readModel(parsed, new Set(special.map((token) => token.id))));

  const tokens: (string | undefined)[] = [];
  for (const [token, at] of vocabulary) tokens[at] = token;
  const plain = added.filter((token) => !special.includes(token));
  return {
    addedFirst: new AddedSplitter(plain.filter(({ normalized }) => !normalized)),
    normalize: understood(() => createNormalizer(parsed.normalizer)),
    addedThen: new AddedSplitter(plain.filter(({ normalized }) => normalized)),
    split: understood(() => createPreTokenizer(parsed.pre_tokenizer)),
    model,
    tokens,
    added,
    special,
  };
}

type Parsed = v.InferOutput<(typeof schemas)[keyof typeof schemas]>;

function parseDefinition(json: unknown): Parsed {
  const type = v.is(modelType, json) ? v.parse(modelType, json).model.type : 'BPE';
  if (!Object.hasOwn(schemas, type)) throw refusal(`its model is of the type ${JSON.stringify(type)}`);
  const parsed = v.safeParse(schemas[type as keyof typeof schemas], json);
  if (!parsed.success) throw refusal(misfit(parsed.issues[0]));
  return parsed.output;
}

const refusal = (reason: string, options?: ErrorOptions): EngineError =>
  new EngineError(
    'modelInvalid',
    `tokenizer.json cannot be used: ${reason}; choose a model with another tokenizer.`,
    options,
  );

/** Turns what is thrown for a part of a file into a sentence about the file. */
function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    throw refusal(cause instanceof Error ? cause.message : 'a part of it is not understood', { cause });
  }
}

function readAddedTokens(tokenizerConfig: unknown): AddedToken[] {
  const parsed = v.safeParse(addedTokens, tokenizerConfig);
  if (!parsed.success) return [];
  return Object.entries(parsed.output.added_tokens_decoder).map(([key, token]) => ({ ...token, id: Number(key) }));
}

/** `tokenizer.json` counts where both name a token. */
function mergedTokens(first: readonly AddedToken[], second: readonly AddedToken[]): AddedToken[] {
  const known = new Set(first.map((token) => token.id));
  return [...first, ...second.filter((token) => !known.has(token.id))];
}

function readModel(
  { model, ...rest }: Parsed,
  special: ReadonlySet<number>,
): { model: TokenModel; vocabulary: Vocabulary } {
  if ('type' in model && model.type === 'Unigram') {
    const vocabulary = readVocabulary(Object.fromEntries(model.vocab.map(([token], at) => [token, at])), special);
    const scores = model.vocab.map(([, score]) => score);
    return {
      vocabulary,
      model: new UnigramModel({
        vocabulary,
        scores,
        unknown: model.unk_id ?? undefined,
        fallsBackToBytes: model.byte_fallback,
      }),
    };
  }
  const vocabulary = readVocabulary(model.vocab, special);
  if (model.type === 'WordPiece') {
    const unknown = idIn(model.vocab, model.unk_token);
    if (unknown === undefined) throw refusal(`its vocabulary lacks ${model.unk_token}`);
    const parts = {
      vocabulary,
      unknown,
      continuation: model.continuing_subword_prefix,
      maxWordLength: model.max_input_chars_per_word,
    };
    return { vocabulary, model: new WordPieceModel(parts) };
  }
  const merges = new MergeTable(readMerges(model.merges, vocabulary, model.vocab));
  const parts = {
    vocabulary,
    merges,
    wholeTokensFirst: model.ignore_merges,
    unknown: idIn(model.vocab, model.unk_token),
    fusesUnknown: model.fuse_unk,
  };
  const bytes = endsInBytes(rest.pre_tokenizer);
  return {
    vocabulary,
    model: bytes
      ? new BytePairModel(parts)
      : new CharacterPairModel({ ...parts, fallsBackToBytes: model.byte_fallback }),
  };
}

function idIn(vocabulary: Record<string, unknown>, token: string | null | undefined): number | undefined {
  const found = token === undefined || token === null ? undefined : vocabulary[token];
  return typeof found === 'number' ? found : undefined;
}

/** Tokens that plain text can become. A special token is none of them, even where merges would lead to its text. */
function readVocabulary(vocabulary: Record<string, unknown>, special: ReadonlySet<number>): Map<string, number> {
  const ids = new Map<string, number>();
  for (const [token, found] of Object.entries(vocabulary)) {
    if (typeof found !== 'number' || !Number.isInteger(found) || found < 0 || found > maxId)
      throw refusal(`the token ${JSON.stringify(token)} has no valid id`);
    if (!special.has(found)) ids.set(token, found);
  }
  return ids;
}

/** No tokenizer is near this; a lying file must not make the engine allocate gigabytes. */
const maxId = 2 ** 22;

/** Merges are written as `["a", "b"]` or, in older files, as `"a b"`. */
function readMerges(entries: readonly unknown[], ids: Vocabulary, vocabulary: Record<string, unknown>): Merge[] {
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
