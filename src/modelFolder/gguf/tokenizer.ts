/**
 * Converts the tokenizer in a GGUF file's metadata to the content of a `tokenizer.json`; used when a decoder is
 * assembled. Supports byte-level byte pairs and sentencepiece's byte pairs.
 */
import * as v from 'valibot';
import { misfit } from '../../common/schemaIssue';
import { EngineError } from '../../ipc/engine/errors';
import { preTokenizersByName } from './preTokenizers';
import type { NamedPreTokenizer } from './preTokenizers';
import { mergesByScore, spacesAsMarks } from './sentencePieces';

/** `tokenizer.ggml.model`: byte-level byte pairs with merges, and sentencepiece's byte pairs with scores. */
const kinds = { bytes: 'gpt2', sentencePieces: 'llama' } as const;
/** sentencepiece's own choice of ids, where a file does not say. */
const sentencePieceIds = { bos: 1, eos: 2 } as const;

/** Values of `tokenizer.ggml.token_type` that are not plain tokens. */
const tokenTypes = { unknown: 2, control: 3, userDefined: 4, unused: 5 } as const;

const id = v.pipe(v.union([v.number(), v.pipe(v.bigint(), v.transform(Number))]), v.integer(), v.minValue(0));
/** Names of keys: ggml, docs/gguf.md. */
const metadataSchema = v.object({
  'tokenizer.ggml.model': v.string(),
  'tokenizer.ggml.pre': v.optional(v.string(), 'default'),
  'tokenizer.ggml.tokens': v.array(v.string()),
  'tokenizer.ggml.token_type': v.optional(v.array(v.number())),
  'tokenizer.ggml.merges': v.optional(v.array(v.string())),
  'tokenizer.ggml.scores': v.optional(v.array(v.number())),
  'tokenizer.ggml.add_space_prefix': v.optional(v.boolean(), true),
  'tokenizer.ggml.bos_token_id': v.optional(id),
  'tokenizer.ggml.eos_token_id': v.optional(id),
  'tokenizer.ggml.add_bos_token': v.optional(v.boolean()),
  'tokenizer.ggml.add_eos_token': v.optional(v.boolean()),
});
type Metadata = v.InferOutput<typeof metadataSchema>;

/** The parts of a `tokenizer.json` that are written. */
export interface TokenizerJson {
  readonly version: '1.0';
  readonly truncation: null;
  readonly padding: null;
  readonly added_tokens: readonly object[];
  readonly normalizer: object | null;
  readonly pre_tokenizer: object | null;
  readonly post_processor: object | null;
  readonly decoder: object;
  readonly model: BytePairsJson;
}

interface BytePairsJson {
  readonly type: 'BPE';
  readonly dropout: null;
  readonly unk_token: string | null;
  readonly continuing_subword_prefix: null;
  readonly end_of_word_suffix: null;
  readonly fuse_unk: boolean;
  readonly byte_fallback: boolean;
  readonly ignore_merges: boolean;
  readonly vocab: Readonly<Record<string, number>>;
  readonly merges: readonly [string, string][];
}

/**
 * Whether a tokenizer is of a kind that `tokenizerOf` can write.
 *
 * @param metadata of a GGUF file, by key
 * @throws {EngineError} `modelInvalid`, in one sentence, where a key is missing or the tokenizer is of another kind
 */
export function checkTokenizer(metadata: Readonly<Record<string, unknown>>): void {
  readKeys(metadata);
}

/** Keys, and how a text is cut into pieces: not at all by sentencepiece. */
function readKeys(metadata: Readonly<Record<string, unknown>>): {
  keys: Metadata;
  named: NamedPreTokenizer | undefined;
} {
  const parsed = v.safeParse(metadataSchema, metadata);
  if (!parsed.success) throw refusal(misfit(parsed.issues[0]));
  const keys = parsed.output;
  const kind = keys['tokenizer.ggml.model'];
  const needed = kind === kinds.sentencePieces ? 'tokenizer.ggml.scores' : 'tokenizer.ggml.merges';
  if (kind !== kinds.bytes && kind !== kinds.sentencePieces) throw refusal(`it is of the kind ${JSON.stringify(kind)}`);
  if (keys[needed] === undefined) throw refusal(`it has no ${needed}`);
  if (kind === kinds.sentencePieces) return { keys, named: undefined };
  const name = keys['tokenizer.ggml.pre'];
  const named = preTokenizersByName.get(name);
  if (named === undefined) throw refusal(`its pre-tokenizer ${JSON.stringify(name)} is not known`);
  return { keys, named };
}

/** Whether texts of a kind of tokenizer (`tokenizer.ggml.model`) begin with the token for that, where the file does not say. */
export const beginsByItself = (kind: string | undefined): boolean => kind === kinds.sentencePieces;

/**
 * Writes the tokenizer that a GGUF file's metadata describes as the content of a `tokenizer.json`, which `Tokenizer` and
 * Python's `tokenizers` open alike.
 *
 * @param metadata of a GGUF file, by key
 * @throws {EngineError} as `checkTokenizer` does
 */
export function tokenizerOf(metadata: Readonly<Record<string, unknown>>): TokenizerJson {
  const { keys, named } = readKeys(metadata);
  const tokens = keys['tokenizer.ggml.tokens'];
  const types = keys['tokenizer.ggml.token_type'] ?? tokens.map(() => 1);
  if (types.length !== tokens.length) throw refusal('it has not one token_type for each token');
  const parts = named ? byteParts(keys, named) : sentencePieceParts(keys, types);
  const { ignoreMerges, unknown, merges, normalizer, pre_tokenizer, decoder } = parts;
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(tokens, types),
    normalizer,
    pre_tokenizer,
    post_processor: postProcessor(keys, named?.addsBeginning ?? beginsByItself(keys['tokenizer.ggml.model'])),
    decoder,
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: unknown ?? null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: named === undefined,
      byte_fallback: named === undefined,
      ignore_merges: ignoreMerges,
      vocab: Object.fromEntries(
        tokens.flatMap((token, at) => (types[at] === tokenTypes.unused ? [] : [[token, at] as const])),
      ),
      merges,
    },
  };
}

/** What the two kinds do differently. */
interface Parts extends Pick<TokenizerJson, 'normalizer' | 'pre_tokenizer' | 'decoder'> {
  readonly ignoreMerges: boolean;
  readonly unknown?: string | undefined;
  readonly merges: [string, string][];
}

const byteParts = (keys: Metadata, named: NamedPreTokenizer): Parts => ({
  normalizer: named.normalization === undefined ? null : { type: named.normalization },
  pre_tokenizer: preTokenizer(named),
  decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
  ignoreMerges: named.ignoreMerges ?? false,
  merges: (keys['tokenizer.ggml.merges'] ?? []).map(pairOf),
});

function sentencePieceParts(keys: Metadata, types: readonly number[]): Parts {
  const tokens = keys['tokenizer.ggml.tokens'];
  const scores = keys['tokenizer.ggml.scores'] ?? [];
  if (scores.length !== tokens.length || !scores.every(Number.isFinite))
    throw refusal('it has not one score for each token');
  const unused = types.map((type) => type === tokenTypes.unused);
  return {
    ...spacesAsMarks(keys['tokenizer.ggml.add_space_prefix']),
    pre_tokenizer: null,
    ignoreMerges: false,
    unknown: tokens[types.indexOf(tokenTypes.unknown)],
    merges: mergesByScore(
      tokens.filter((_, at) => !unused[at]),
      scores.filter((_, at) => !unused[at]),
    ),
  };
}

const refusal = (reason: string): EngineError =>
  new EngineError(
    'modelInvalid',
    `The tokenizer of the GGUF file cannot be used: ${reason}; choose a model with another tokenizer.`,
  );

function addedTokens(tokens: readonly string[], types: readonly number[]): object[] {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  return tokens.flatMap((content, at) => {
    const special = types[at] === tokenTypes.control || types[at] === tokenTypes.unknown;
    return special || types[at] === tokenTypes.userDefined ? [{ id: at, content, ...flags, special }] : [];
  });
}

function preTokenizer({ splits }: NamedPreTokenizer): object {
  const steps = splits.map((Regex) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false }));
  const bytes = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: false };
  return { type: 'Sequence', pretokenizers: [...steps, bytes] };
}

/** The tokens around a text that the file asks for. */
function postProcessor(keys: Metadata, usuallyBegins: boolean): object | null {
  const begins = keys['tokenizer.ggml.add_bos_token'] ?? usuallyBegins;
  const ends = keys['tokenizer.ggml.add_eos_token'] ?? false;
  const before = begins ? specialToken(keys, 'bos') : [];
  const after = ends ? specialToken(keys, 'eos') : [];
  if (before.length + after.length === 0) return null;
  const sequence = (name: string, type_id: number): object[] => [
    ...before.map(({ token }) => ({ SpecialToken: { id: token, type_id } })),
    { Sequence: { id: name, type_id } },
    ...after.map(({ token }) => ({ SpecialToken: { id: token, type_id } })),
  ];
  return {
    type: 'TemplateProcessing',
    single: sequence('A', 0),
    pair: [...sequence('A', 0), ...sequence('B', 1)],
    special_tokens: Object.fromEntries(
      [...before, ...after].map(({ token, id: at }) => [token, { id: token, ids: [at], tokens: [token] }]),
    ),
  };
}

function specialToken(keys: Metadata, name: 'bos' | 'eos'): { token: string; id: number }[] {
  const usual = keys['tokenizer.ggml.model'] === kinds.sentencePieces ? sentencePieceIds[name] : undefined;
  const at = keys[`tokenizer.ggml.${name}_token_id`] ?? usual;
  const token = at === undefined ? undefined : keys['tokenizer.ggml.tokens'][at];
  if (at === undefined || token === undefined)
    throw refusal(`it adds a token (${name}) around a text, and its id is missing`);
  return [{ token, id: at }];
}

/** "left right", where neither side is empty; the left one may be a space in odd vocabularies. */
function pairOf(merge: string, rank: number): [string, string] {
  const at = merge.indexOf(' ', 1);
  if (at < 0 || at === merge.length - 1) throw refusal(`merge ${rank} is not a pair of tokens`);
  return [merge.slice(0, at), merge.slice(at + 1)];
}
