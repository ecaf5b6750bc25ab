/**
 * Opens decoder folders written by onnxruntime-genai; used by `folder.ts`. Refuses models that have more parts than a
 * decoder.
 */
import { join } from 'node:path';
import * as v from 'valibot';
import { misfit } from '../../common/schemaIssue';
import { exists, invalid, readJson, statFile } from './files';
import { describeDecoder } from './publicDecoder';
import { readPublicTokenizer } from './publicTokenizer';
import type { DecoderFolder } from './types';
import { positive } from '../../common/schemas';

const configName = 'genai_config.json';

/** The names that the decoder knows a graph's inputs and outputs by, `%d` standing for the layer. */
const cacheNames = {
  past_key_names: 'past_key_values.%d.key',
  past_value_names: 'past_key_values.%d.value',
  present_key_names: 'present.%d.key',
  present_value_names: 'present.%d.value',
} as const;
const named = (name: keyof typeof cacheNames) => v.optional(v.literal(cacheNames[name]), cacheNames[name]);

const decoder = v.object({
  // Beside the configuration: no way out of the folder, on any system.
  filename: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_][\w.-]*$/, 'the name of a file in the folder')),
  inputs: v.optional(
    v.object({ past_key_names: named('past_key_names'), past_value_names: named('past_value_names') }),
  ),
  head_size: v.optional(positive),
  num_key_value_heads: v.optional(positive),
  num_hidden_layers: v.optional(positive),
  outputs: v.optional(
    v.object({ present_key_names: named('present_key_names'), present_value_names: named('present_value_names') }),
  ),
});
const config = v.object({
  model: v.object({
    type: v.optional(v.string()),
    context_length: positive,
    vocab_size: positive,
    eos_token_id: v.nullish(v.union([v.number(), v.array(v.number())])),
    decoder,
  }),
});
/** Parts of models that take more than text, or are more than a decoder. */
const otherParts = v.object({
  model: v.union(
    (['encoder', 'vision', 'speech', 'embedding'] as const).map((part) => v.object({ [part]: v.object({}) })),
  ),
});

export const hasGenaiLayout = (folder: string): Promise<boolean> => exists(folder, configName);

/**
 * Opens a folder as the model builder of onnxruntime-genai writes it: `genai_config.json`, `tokenizer.json` and a graph
 * with its weights beside it. There is no list of checksums in it, so only presence and consistency are checked.
 *
 * @throws {EngineError} `modelMissing` or `modelInvalid`
 */
export async function openGenaiFolder(folder: string): Promise<DecoderFolder> {
  const json = await readJson(folder, configName);
  const where = `${configName} in the model folder ${folder}`;
  if (v.is(otherParts, json))
    throw invalid(`${where} describes more than a decoder of text; choose a model for text generation.`);
  const parsed = v.safeParse(config, json);
  if (!parsed.success) throw invalid(`${where} is not understood: ${misfit(parsed.issues[0])}; choose another model.`);
  const { model } = parsed.output;
  await statFile(folder, model.decoder.filename);
  const settings = {
    contextLength: model.context_length,
    vocabularySize: model.vocab_size,
    endIds: [model.eos_token_id ?? []].flat(),
  };
  const described = await describeDecoder(
    folder,
    settings,
    await readPublicTokenizer(folder, model.vocab_size, configName),
  );
  const { head_size: headSize, num_key_value_heads: heads, num_hidden_layers: layers } = model.decoder;
  const cache = headSize && heads && layers ? { layers, heads, headSize } : undefined;
  return { ...described, graph: join(folder, model.decoder.filename), ...(cache && { cache }) };
}
