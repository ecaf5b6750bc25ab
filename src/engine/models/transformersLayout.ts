import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { misfit } from '../misfit';
import { addedTokens, vocabularySize } from './addedTokens';
import { exists, invalid, readJson, readText, statFile } from './files';
import { fillInTheMiddleTokens } from './fillInTheMiddle';
import type { DecoderFolder } from './types';

/**
 * Which of several precisions of the same graph to load, best first for a CPU: four-bit weights move the least memory,
 * which is what decoding waits for; then eight bits; half precision last, because CPUs calculate it by converting.
 */
const variants = ['_q4', '_int8', '_quantized', '_uint8', '', '_bnb4', '_q4f16', '_fp16'].map(
  (suffix) => `model${suffix}.onnx`,
);

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const ids = v.nullish(v.union([v.number(), v.array(v.number())]));
const config = v.object({
  architectures: v.nullish(v.array(v.string())),
  is_encoder_decoder: v.nullish(v.boolean()),
  vocab_size: count,
  bos_token_id: ids,
  eos_token_id: ids,
  // The families' own names for the same number, the usual one first.
  max_position_embeddings: v.nullish(count),
  n_positions: v.nullish(count),
  n_ctx: v.nullish(count),
  seq_length: v.nullish(count),
  max_sequence_length: v.nullish(count),
  max_seq_len: v.nullish(count),
});
const generationConfig = v.object({ eos_token_id: ids });
type Config = v.InferOutput<typeof config>;

const tokenText = v.union([
  v.string(),
  v.pipe(
    v.object({ content: v.string() }),
    v.transform(({ content }) => content),
  ),
]);
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

/**
 * Opens a folder as transformers.js and optimum write it: `config.json`, `tokenizer.json` and `onnx/model*.onnx`.
 * There is no list of checksums in it, so only presence and consistency are checked.
 *
 * @throws EngineError `modelMissing` or `modelInvalid`
 */
export async function openTransformersFolder(folder: string): Promise<DecoderFolder> {
  const settings = readConfig(folder, await readJson(folder, 'config.json'));
  const graph = await chooseGraph(folder);
  const tokenizer = await readJson(folder, 'tokenizer.json');
  const tokenizerConfig = await optionalJson(folder, 'tokenizer_config.json');
  const generation = await optionalJson(folder, 'generation_config.json');

  const added = addedTokens(tokenizer, tokenizerConfig);
  if (vocabularySize(tokenizer, added) > settings.vocab_size) {
    throw invalid(
      `tokenizer.json in the model folder ${folder} has more tokens than config.json states (${settings.vocab_size}); copy the tokenizer that belongs to the model.`,
    );
  }
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
    graph: join(folder, 'onnx', graph),
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

function readConfig(folder: string, json: unknown): Config {
  const where = `config.json in the model folder ${folder}`;
  const parsed = v.safeParse(config, json);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw invalid(`${where} is not understood: ${misfit(issue)}; choose another model.`);
  }
  const { architectures, is_encoder_decoder } = parsed.output;
  const [architecture] = architectures ?? [];
  // Without an architecture the graph's own inputs decide, when it is loaded.
  const decodes = architecture === undefined || /(ForCausalLM|LMHeadModel)$/.test(architecture);
  if (is_encoder_decoder || !decodes) {
    throw invalid(
      `${where} describes no decoder (${architecture ?? 'encoder-decoder'}), which completion needs; choose a model for text generation.`,
    );
  }
  return parsed.output;
}

async function chooseGraph(folder: string): Promise<string> {
  const present = new Set(await readdir(join(folder, 'onnx')).catch(() => []));
  const graph = variants.find((name) => present.has(name));
  if (graph === undefined) {
    throw invalid(
      `The model folder ${folder} has no onnx/model.onnx or a quantized variant such as onnx/model_q4.onnx; copy one of them into it.`,
    );
  }
  await statFile(folder, `onnx/${graph}`);
  return graph;
}

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

function contextLength(folder: string, settings: Config): number {
  const length =
    settings.max_position_embeddings ??
    settings.n_positions ??
    settings.n_ctx ??
    settings.seq_length ??
    settings.max_sequence_length ??
    settings.max_seq_len;
  if (length === undefined || length === null) {
    throw invalid(`config.json in the model folder ${folder} states no context length; add "max_position_embeddings".`);
  }
  return length;
}

/** Texts of the tokens that end generation; generation_config.json goes before config.json. */
function endTokens(settings: Config, generation: unknown, added: ReadonlyMap<number, string>): string[] {
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
