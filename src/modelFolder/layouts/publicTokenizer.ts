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
 * @param stated how many tokens the model has
 * @param source the file that states it
 * @throws {EngineError} `modelMissing` or `modelInvalid`
 */
export async function readPublicTokenizer(folder: string, stated: number, source: string): Promise<PublicTokenizer> {
  const tokenizer = await readJson(folder, 'tokenizer.json');
  const tokenizerConfig = await readOptionalJson(folder, 'tokenizer_config.json');
  const added = addedTokens(tokenizer, tokenizerConfig);
  if (vocabularySize(tokenizer, added) > stated) {
    throw invalid(
      `tokenizer.json in the model folder ${folder} has more tokens than ${source} states (${stated}); copy the tokenizer that belongs to the model.`,
    );
  }
  return { tokenizer, tokenizerConfig, added };
}
