/**
 * Reads the settings of sentence-transformers folders: pooling, prompts, lengths and case; used by
 * `transformersLayout.ts` for encoders.
 */
import * as v from 'valibot';
import { misfit } from '../../common/schemaIssue';
import { exists, invalid, readJson } from './files';
import { knownPooling } from './knownPooling';
import type { EncoderFolder, Pooling } from './types';

/** Relative, with `/`, in plain characters: no way out of the folder. Empty for the folder itself. */
const place = v.pipe(v.string(), v.regex(/^([A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)*)?$/, 'a plain relative path'));
const modules = v.array(v.object({ type: v.string(), path: place }));

const flag = v.optional(v.boolean(), false);
const pooling = v.object({
  // From version 6 of the library on.
  pooling_mode: v.optional(v.union([v.string(), v.array(v.string())])),
  // Before that, a flag for each way.
  pooling_mode_cls_token: flag,
  pooling_mode_mean_tokens: flag,
  pooling_mode_max_tokens: flag,
  pooling_mode_mean_sqrt_len_tokens: flag,
  pooling_mode_weightedmean_tokens: flag,
  pooling_mode_lasttoken: flag,
  include_prompt: v.optional(v.boolean(), true),
});
type Modes = v.InferOutput<typeof pooling>;

/** Dividing by the root of the length instead of the length changes nothing but a vector's length. */
const poolings: readonly (readonly [mode: string, flag: keyof Modes, Pooling])[] = [
  ['cls', 'pooling_mode_cls_token', 'first'],
  ['mean', 'pooling_mode_mean_tokens', 'mean'],
  ['mean_sqrt_len_tokens', 'pooling_mode_mean_sqrt_len_tokens', 'mean'],
  ['max', 'pooling_mode_max_tokens', 'max'],
  ['weightedmean', 'pooling_mode_weightedmean_tokens', 'weightedMean'],
  ['lasttoken', 'pooling_mode_lasttoken', 'last'],
];

const prompts = v.object({
  prompts: v.nullish(v.record(v.string(), v.string())),
  default_prompt_name: v.nullish(v.string()),
});
const transformer = v.object({
  max_seq_length: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(1))),
  do_lower_case: flag,
});

/** What the files of the library `sentence-transformers` say beyond what `transformers` knows. */
export interface SentenceSettings extends Pick<
  EncoderFolder,
  'pooling' | 'poolingIsAssumed' | 'needsFinishedVectors' | 'prefixes' | 'poolsPrefix' | 'trims' | 'lowerCase'
> {
  /** Tokens. */
  readonly contextLength: number | undefined;
}

/** Whether the folder was made by or for `sentence-transformers`, whatever class its weights belong to. */
export const hasSentenceModules = (folder: string): Promise<boolean> => exists(folder, 'modules.json');

/**
 * Reads `modules.json` and what it leads to. A folder without them is pooled as is known of its model, or by the mean over its
 * tokens, as that library does it too.
 *
 * @param origin what `config.json` says that the model was made from
 * @throws {EngineError} `modelMissing` or `modelInvalid`
 */
export async function readSentenceSettings(folder: string, origin?: string | null): Promise<SentenceSettings> {
  const found = (await hasSentenceModules(folder)) ? await readAs(folder, 'modules.json', modules) : [];
  const pathOf = (kind: string) => found.find(({ type }) => type.endsWith(`.${kind}`))?.path;
  const poolingPath = pathOf('Pooling') ?? ((await exists(folder, '1_Pooling/config.json')) ? '1_Pooling' : undefined);
  const modes =
    poolingPath === undefined ? undefined : await readAs(folder, inside(poolingPath, 'config.json'), pooling);
  const settings = await readOptional(
    folder,
    inside(pathOf('Transformer') ?? '', 'sentence_bert_config.json'),
    transformer,
  );
  const known = ['Transformer', 'Pooling', 'Normalize'];
  const pooled = (): Pick<EncoderFolder, 'pooling' | 'poolingIsAssumed'> => {
    if (modes !== undefined) return { pooling: poolingOf(folder, modes) };
    return found.length > 0 ? { pooling: 'mean' } : knownPooling(folder, origin ?? '');
  };
  return {
    ...pooled(),
    needsFinishedVectors: found.some(({ type }) => !known.some((kind) => type.endsWith(`.${kind}`))),
    prefixes: prefixesOf(await readOptional(folder, 'config_sentence_transformers.json', prompts)),
    poolsPrefix: modes?.include_prompt ?? true,
    // As the library does, whatever its files say.
    trims: found.length > 0,
    lowerCase: settings?.do_lower_case ?? false,
    contextLength: settings?.max_seq_length ?? undefined,
  };
}

function poolingOf(folder: string, modes: Modes): Pooling {
  const named = modes.pooling_mode === undefined ? undefined : [modes.pooling_mode].flat();
  const wanted = poolings.filter(([mode, flag]) => named?.includes(mode) ?? modes[flag]);
  const [only] = wanted;
  if (only === undefined || wanted.length > 1) {
    throw invalid(
      `1_Pooling/config.json in the model folder ${folder} asks for ${wanted.length} ways of pooling, and Glassbox can use one; choose another model.`,
    );
  }
  return only[2];
}

/** The names under which `encode_query` and `encode_document` of the library look prompts up, in that order. */
function prefixesOf(settings: v.InferOutput<typeof prompts> | undefined): EncoderFolder['prefixes'] {
  const named = settings?.prompts ?? {};
  const fallback = named[settings?.default_prompt_name ?? ''] ?? '';
  const first = (names: readonly string[]) => names.map((name) => named[name]).find((text) => text !== undefined);
  return { query: first(promptNames.query) ?? fallback, document: first(promptNames.document) ?? fallback };
}

/** What models that are trained for several tasks call the prompts of a search for code; the library's own names go first. */
const promptNames = {
  query: ['query', 'nl2code_query', 'code_query', 'search_query', 'retrieval.query'],
  document: [
    'document',
    'passage',
    'corpus',
    'nl2code_document',
    'code_document',
    'search_document',
    'retrieval.passage',
  ],
} as const;

const inside = (path: string, name: string): string => (path === '' ? name : `${path}/${name}`);

async function readOptional<S extends v.GenericSchema>(
  folder: string,
  path: string,
  schema: S,
): Promise<v.InferOutput<S> | undefined> {
  return (await exists(folder, path)) ? readAs(folder, path, schema) : undefined;
}

async function readAs<S extends v.GenericSchema>(folder: string, path: string, schema: S): Promise<v.InferOutput<S>> {
  const parsed = v.safeParse(schema, await readJson(folder, path));
  if (parsed.success) return parsed.output;
  throw invalid(
    `${path} in the model folder ${folder} is not understood: ${misfit(parsed.issues[0])}; copy the model again.`,
  );
}
