/**
 * Reads the tokenizer files of a public folder and checks the token count against the configuration; used by the
 * layouts of genai and transformers.
 */
import * as v from 'valibot';
import { addedTokens, vocabularySize } from './addedTokens';
import { exists, invalid, readJson } from './files';

/** A token as configurations write it: its text, alone or with its properties. */
export const tokenText = v.union([
  v.string(),
  v.pipe(
    v.object({ content: v.string() }),
    v.transform(({ content }) => content),
  ),
]);

/** The tokenizer of a public folder. */
export interface PublicTokenizer {
  readonly tokenizer: unknown;
  readonly tokenizerConfig: unknown;
  /** Added tokens by id. */
  readonly added: ReadonlyMap<number, string>;
}

export const readOptionalJson = async (folder: string, name: string): Promise<unknown> =>
  (await exists(folder, name)) ? readJson(folder, name) : undefined;

/**
 * The tokenizer of a model. Tokens that were added to it and that the model has no rows for, such as one for padding, are left out.
 *
 * @param stated how many tokens the model has
 * @param source the file that states it
 * @throws {EngineError} `modelMissing` or `modelInvalid`
 */
export async function readPublicTokenizer(folder: string, stated: number, source: string): Promise<PublicTokenizer> {
  const read = [await readJson(folder, 'tokenizer.json'), await readOptionalJson(folder, 'tokenizer_config.json')];
  const [tokenizer, tokenizerConfig] = read.map((json) => withoutAddedFrom(json, stated));
  const added = addedTokens(tokenizer, tokenizerConfig);
  if (vocabularySize(tokenizer, added) > stated) {
    throw invalid(
      `tokenizer.json in the model folder ${folder} has more tokens than ${source} states (${stated}); copy the tokenizer that belongs to the model.`,
    );
  }
  return { tokenizer, tokenizerConfig, added };
}

const withList = v.looseObject({ added_tokens: v.array(v.looseObject({ id: v.number() })) });
const withRecord = v.looseObject({ added_tokens_decoder: v.record(v.string(), v.unknown()) });

/** The content of a tokenizer file without the added tokens whose ids are not below a number. */
function withoutAddedFrom(json: unknown, end: number): unknown {
  if (v.is(withList, json)) return { ...json, added_tokens: json.added_tokens.filter(({ id }) => id < end) };
  if (!v.is(withRecord, json)) return json;
  const kept = Object.entries(json.added_tokens_decoder).filter(([id]) => Number(id) < end);
  return { ...json, added_tokens_decoder: Object.fromEntries(kept) };
}
