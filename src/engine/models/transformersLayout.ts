import { basename, join } from 'node:path';
import * as v from 'valibot';
import { addedTokens, vocabularySize } from './addedTokens';
import { exists, invalid, readJson, readText } from './files';
import { fillInTheMiddleTokens } from './fillInTheMiddle';
import { contextLength, readPublicConfig, roleOf, statedContextLength } from './publicConfig';
import type { PublicConfig } from './publicConfig';
import { chooseGraph } from './publicGraph';
import { hasSentenceModules, readSentenceSettings } from './sentenceTransformers';
import type { DecoderFolder, EncoderFolder } from './types';

const ids = v.nullish(v.union([v.number(), v.array(v.number())]));
const generationConfig = v.object({ eos_token_id: ids });
const tokenizerLimits = v.object({ model_max_length: v.pipe(v.number(), v.minValue(1)) });

const tokenText = v.union([
  v.string(),
  v.pipe(
    v.object({ content: v.string() }),
    v.transform(({ content }) => content),
  ),
]);
const padding = v.object({ pad_token: tokenText });
const beginning = v.object({ add_bos_token: v.literal(true), bos_token: tokenText });
const withTemplate = v.object({
  chat_template: v.union([v.string(), v.array(v.object({ name: v.string(), template: v.string() }))]),
});
const closing = v.object({ eos_token: tokenText });
const template = v.object({
  type: v.literal('TemplateProcessing'),
  single: v.tupleWithRest([v.object({ SpecialToken: v.object({ id: v.string() }) })], v.unknown()),
});
const postProcessor = v.object({
  post_processor: v.union([template, v.object({ type: v.literal('Sequence'), processors: v.array(v.unknown()) })]),
});

export const hasTransformersLayout = (folder: string): Promise<boolean> => exists(folder, 'config.json');

/** What every folder with a `config.json` has. */
export interface PublicFolder {
  readonly settings: PublicConfig;
  readonly tokenizer: unknown;
  readonly tokenizerConfig: unknown;
  /** Added tokens by id. */
  readonly added: ReadonlyMap<number, string>;
}

/**
 * Opens a folder as transformers.js and optimum write it: `config.json`, `tokenizer.json` and `onnx/model*.onnx`.
 * There is no list of checksums in it, so only presence and consistency are checked.
 *
 * @throws EngineError `modelMissing` or `modelInvalid`
 */
export async function openTransformersFolder(folder: string): Promise<DecoderFolder | EncoderFolder> {
  const settings = readPublicConfig(folder, await readJson(folder, 'config.json'));
  const role = (await hasSentenceModules(folder)) ? 'encoder' : roleOf(settings);
  if (role === 'encoder-decoder') {
    throw invalid(
      `config.json in the model folder ${folder} describes an encoder-decoder (${settings.architectures?.[0] ?? 'no class is named'}), which Glassbox cannot run; choose another model.`,
    );
  }
  const graph = join(folder, await chooseGraph(folder, 'model', role === 'decoder' ? 'decoding' : 'encoding'));
  const found = await readPublicFolder(folder, settings);
  return role === 'decoder' ? openDecoder(folder, graph, found) : openEncoder(folder, graph, found);
}

async function readPublicFolder(folder: string, settings: PublicConfig): Promise<PublicFolder> {
  const tokenizer = await readJson(folder, 'tokenizer.json');
  const tokenizerConfig = await optionalJson(folder, 'tokenizer_config.json');
  const added = addedTokens(tokenizer, tokenizerConfig);
  if (vocabularySize(tokenizer, added) > settings.vocab_size) {
    throw invalid(
      `tokenizer.json in the model folder ${folder} has more tokens than config.json states (${settings.vocab_size}); copy the tokenizer that belongs to the model.`,
    );
  }
  return { settings, tokenizer, tokenizerConfig, added };
}

async function openDecoder(folder: string, graph: string, found: PublicFolder): Promise<DecoderFolder> {
  const { settings, tokenizer, tokenizerConfig, added } = found;
  const generation = await optionalJson(folder, 'generation_config.json');
  const fillIn = fillInTheMiddleTokens(new Set(added.values()));
  const begin = beginOfText(tokenizer, tokenizerConfig);
  const ends = endTokens(settings, generation, added);
  const [endOfText] = ends;
  const chat = await chatTemplate(folder, tokenizerConfig);
  const turnEnd = chat === undefined ? undefined : endOfTurn(tokenizerConfig, added);
  return {
    role: 'decoder',
    path: folder,
    name: basename(folder),
    cacheOutputs: 'copy',
    contextLength: contextLength(folder, settings),
    vocabularySize: settings.vocab_size,
    graph,
    tokenizer,
    tokenizerConfig,
    promptLayout: fillIn ? 'prefix-suffix-middle' : 'left-to-right',
    tokens: {
      ...fillIn,
      ...(begin !== undefined && { beginOfText: begin }),
      ...(endOfText !== undefined && { endOfText }),
    },
    ...(chat !== undefined && { chatTemplate: chat }),
    // After the middle such models go on with padding or with another file.
    stopTokens: [...ends, fillIn?.endOfMiddle, fillIn?.pad, fillIn?.file, turnEnd].filter((text) => text !== undefined),
  };
}

async function openEncoder(folder: string, graph: string, found: PublicFolder): Promise<EncoderFolder> {
  const { settings, tokenizer, tokenizerConfig, added } = found;
  const { contextLength: wanted, ...sentence } = await readSentenceSettings(folder);
  const limits = v.safeParse(tokenizerLimits, tokenizerConfig);
  const lengths = [wanted, statedContextLength(settings), limits.success ? limits.output.model_max_length : undefined];
  const length = Math.min(...lengths.filter((one) => one !== undefined));
  const pad = v.safeParse(padding, tokenizerConfig);
  return {
    role: 'encoder',
    path: folder,
    name: basename(folder),
    ...sentence,
    // Tokenizers without a limit of their own state an absurd one.
    contextLength: length < longestContext ? length : contextLength(folder, settings),
    vocabularySize: settings.vocab_size,
    graph,
    tokenizer,
    tokenizerConfig,
    marks: {},
    pad: added.get(settings.pad_token_id ?? -1) ?? (pad.success ? pad.output.pad_token : undefined),
  };
}

const longestContext = 2 ** 24;

/**
 * The template that writes conversations: a file of its own, or in `tokenizer_config.json`, of several the one that is
 * called `default`.
 */
async function chatTemplate(folder: string, tokenizerConfig: unknown): Promise<string | undefined> {
  if (await exists(folder, 'chat_template.jinja')) return readText(folder, 'chat_template.jinja');
  if (!v.is(withTemplate, tokenizerConfig)) return undefined;
  const { chat_template: found } = tokenizerConfig;
  return typeof found === 'string' ? found : found.find(({ name }) => name === 'default')?.template;
}

/** Tuned models end their turns with a token that their base's configuration may not know of. */
function endOfTurn(tokenizerConfig: unknown, added: ReadonlyMap<number, string>): string | undefined {
  if (!v.is(closing, tokenizerConfig)) return undefined;
  const { eos_token: token } = v.parse(closing, tokenizerConfig);
  return [...added.values()].includes(token) ? token : undefined;
}

const optionalJson = async (folder: string, name: string): Promise<unknown> =>
  (await exists(folder, name)) ? readJson(folder, name) : undefined;

/** Texts of the tokens that end generation; generation_config.json goes before config.json. */
function endTokens(settings: PublicConfig, generation: unknown, added: ReadonlyMap<number, string>): string[] {
  const generationIds = v.is(generationConfig, generation) ? generation.eos_token_id : undefined;
  return [generationIds ?? settings.eos_token_id ?? []]
    .flat()
    .map((id) => added.get(id))
    .filter((text) => text !== undefined);
}

/** The token that every sequence begins with, where the tokenizer puts one in front. */
function beginOfText(tokenizer: unknown, tokenizerConfig: unknown): string | undefined {
  if (v.is(postProcessor, tokenizer)) {
    const { post_processor: processor } = tokenizer;
    const steps = processor.type === 'Sequence' ? processor.processors : [processor];
    const found = steps.find((step) => v.is(template, step));
    if (found) return found.single[0].SpecialToken.id;
  }
  const parsed = v.safeParse(beginning, tokenizerConfig);
  return parsed.success ? parsed.output.bos_token : undefined;
}
