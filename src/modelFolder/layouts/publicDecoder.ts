/**
 * Derives a decoder's prompt layout, special tokens and chat template from its tokenizer files; used by
 * `genaiLayout.ts` and `transformersLayout.ts`.
 */
import * as v from 'valibot';
import { exists, nameOf, readText } from './files';
import { fillInTheMiddle } from './fillInTheMiddle';
import { tokenText } from './publicTokenizer';
import type { PublicTokenizer } from './publicTokenizer';
import type { DecoderFolder } from './types';

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

/** What the configuration of a public decoder says, whatever form it has. */
export interface PublicDecoderConfig {
  readonly contextLength: number;
  readonly vocabularySize: number;
  /** Ids of the tokens that end generation. */
  readonly endIds: readonly number[];
}

/** A public decoder without its graph: its prompts are written as its tokenizer shows that it was trained. */
export async function describeDecoder(
  folder: string,
  settings: PublicDecoderConfig,
  found: PublicTokenizer,
): Promise<Omit<DecoderFolder, 'graph'>> {
  const { tokenizer, tokenizerConfig, added } = found;
  const { endIds, ...stated } = settings;
  const fillIn = fillInTheMiddle(new Set(added.values()));
  const begin = beginOfText(tokenizer, tokenizerConfig);
  const ends = endIds.map((id) => added.get(id)).filter((text) => text !== undefined);
  const [endOfText] = ends;
  const chat = await chatTemplate(folder, tokenizerConfig);
  const turnEnd = chat === undefined ? undefined : endOfTurn(tokenizerConfig, added);
  return {
    role: 'decoder',
    path: folder,
    name: nameOf(folder),
    cacheOutputs: 'copy',
    ...stated,
    tokenizer,
    tokenizerConfig,
    promptLayout: fillIn?.layout ?? 'left-to-right',
    tokens: {
      ...fillIn?.tokens,
      ...(begin !== undefined && { beginOfText: begin }),
      ...(endOfText !== undefined && { endOfText }),
    },
    ...(chat !== undefined && { chatTemplate: chat }),
    // After the middle such models go on with padding or with another file.
    stopTokens: [...ends, fillIn?.tokens.endOfMiddle, fillIn?.tokens.pad, fillIn?.tokens.file, turnEnd].filter(
      (text) => text !== undefined,
    ),
  };
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
