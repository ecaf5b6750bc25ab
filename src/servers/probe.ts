/**
 * Finds out what a server is and what it can do, by asking it what its program answers and no other; used by the set-up, once,
 * and by *Diagnose*. No text of the user's is sent.
 */
import * as v from 'valibot';
import { count } from '../common/schemas';
import type { SpellingName } from '../modelFolder/layouts/fillInTheMiddle';
import { ServerError } from './errors';
import type { HttpClient } from './http/client';
import { questionLimits } from './http/limits';
import { propertiesOf } from './protocols/llamaCpp';
import { modelNamesOf, modelOf, show } from './protocols/ollama';
import { spellingByName } from './spellings';

export const serverKinds = ['llama.cpp', 'Ollama', 'vLLM', 'SGLang', 'LM Studio', 'OpenAI-compatible'] as const;
export type ServerKind = (typeof serverKinds)[number];

/** How a completion is asked for. */
export type FillEndpoint = 'infill' | 'completions' | 'generate' | 'fimCompletions';

export interface ServerModel {
  /** As requests name it. */
  readonly name: string;
  /** Tokens, where the server says it. */
  readonly contextLength?: number;
  readonly fill?: FillEndpoint;
  /** By its name; for endpoints that take one text. */
  readonly spelling?: SpellingName;
  readonly embeds?: boolean;
}

export interface ServerDescription {
  readonly kind: ServerKind;
  readonly models: readonly ServerModel[];
  /** Requests that it serves at once, where it says so. */
  readonly slots?: number;
}

/** Tokens that a request has room for, where its server does not say it. */
export const usualContextLength = 4_096;

/** A list that is longer serves no choice. */
const maxModels = 200;
/** Of a name of a model; it is shown, and sent back. */
const maxNameLength = 512;

const modelList = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      owned_by: v.nullish(v.string()),
      max_model_len: v.nullish(count),
      meta: v.nullish(v.object({ n_ctx: v.nullish(count), n_ctx_train: v.nullish(count) })),
    }),
  ),
});

/** Where `owned_by` of `/v1/models` names the program. */
const owners: Readonly<Record<string, ServerKind>> = {
  vllm: 'vLLM',
  sglang: 'SGLang',
  organization_owner: 'LM Studio',
  llamacpp: 'llama.cpp',
};

/**
 * The answers are looked at in the order in which programs are told apart: llama.cpp and Ollama answer OpenAI's question, too.
 *
 * @throws {ServerError} where no answer fits: why the last question failed, or `invalid`
 */
export async function probeServer(http: HttpClient, signal?: AbortSignal): Promise<ServerDescription> {
  const [props, tags, models] = await Promise.all(
    ['/props', '/api/tags', '/v1/models'].map((path) => ask(http, path, signal)),
  );
  signal?.throwIfAborted();
  const properties = propertiesOf(props?.answer);
  const listed = listedModels(models?.answer);
  if (properties !== undefined) {
    const { contextLength, slots, model } = properties;
    const names = listed?.map(({ name }) => name) ?? (model === undefined ? [] : [model]);
    const described = readable(names).map((name): ServerModel => ({
      ...describe(name, 'infill'),
      ...(contextLength !== undefined && { contextLength }),
    }));
    return { kind: 'llama.cpp', models: described, ...(slots !== undefined && { slots }) };
  }
  const names = modelNamesOf(tags?.answer);
  if (names !== undefined) {
    const described = readable(names).map((name): ServerModel => describe(name, 'generate'));
    return { kind: 'Ollama', models: described };
  }
  if (listed !== undefined) {
    const kind = owners[listed[0]?.owner.toLowerCase() ?? ''] ?? 'OpenAI-compatible';
    const described = readable(listed.map(({ name }) => name)).map((name): ServerModel => {
      const contextLength = listed.find((model) => model.name === name)?.contextLength;
      return { ...describe(name, 'completions'), ...(contextLength !== undefined && { contextLength }) };
    });
    return { kind, models: described };
  }
  const failure = [models, tags, props].map((asked) => asked?.failure).find((error) => error !== undefined);
  throw failure?.code === 'unsupported' || failure === undefined
    ? new ServerError('invalid', `The server at ${http.address.origin} is none of those that are understood.`)
    : failure;
}

/**
 * What Ollama says of one of its models, added to what its name says.
 *
 * @throws {ServerError}
 */
export async function probeOllamaModel(http: HttpClient, name: string, signal?: AbortSignal): Promise<ServerModel> {
  const { takesSuffix, embeds, contextLength } = modelOf(
    await http.json({ ...show(name), limits: questionLimits, signal }),
  );
  const spelling = spellingByName(name);
  return {
    name,
    embeds,
    ...(contextLength !== undefined && { contextLength }),
    ...((takesSuffix || spelling !== undefined) && { fill: 'generate' }),
    // A template that takes the suffix was written by those who know the model.
    ...(!takesSuffix && spelling !== undefined && { spelling }),
  };
}

interface Asked {
  readonly answer?: unknown;
  readonly failure?: ServerError;
}

async function ask(http: HttpClient, path: string, signal: AbortSignal | undefined): Promise<Asked> {
  try {
    return { answer: await http.json({ path, limits: questionLimits, signal }) };
  } catch (error) {
    if (error instanceof ServerError) return { failure: error };
    throw error;
  }
}

interface ListedModel {
  readonly name: string;
  readonly owner: string;
  readonly contextLength?: number;
}

function listedModels(answer: unknown): ListedModel[] | undefined {
  const result = v.safeParse(modelList, answer);
  if (!result.success) return undefined;
  return result.output.data.map(({ id, owned_by, max_model_len, meta }) => {
    const contextLength = max_model_len ?? meta?.n_ctx ?? meta?.n_ctx_train;
    return { name: id, owner: owned_by ?? '', ...(typeof contextLength === 'number' && { contextLength }) };
  });
}

/** What can be shown, and sent back as it is. */
const readable = (names: readonly string[]): string[] =>
  names
    .filter((name) => name !== '' && name.length <= maxNameLength && !/\p{C}/u.test(name) && name.isWellFormed())
    .slice(0, maxModels);

function describe(name: string, endpoint: FillEndpoint): ServerModel {
  const spelling = spellingByName(name);
  // llama.cpp writes the prompt by the tokens of the model's file, which say more than its name.
  if (endpoint === 'infill') return { name, fill: endpoint };
  return { name, ...(spelling !== undefined && { fill: endpoint, spelling }) };
}
