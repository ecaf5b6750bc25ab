/**
 * Tries a model of a server for ten seconds, as `../trial.ts` tries one of this machine, with the same tasks. Used by *Use a
 * Server…* before anything is switched. All that is sent comes with the extension; no text of the user's is among it.
 */
import type { ServerPurpose } from '../../../host/servers/serverState';
import type { ServerSetting } from '../../../host/settings';
import { completeByServer } from '../../../servers/completion';
import { ServerError } from '../../../servers/errors';
import type { HttpClient } from '../../../servers/http/client';
import { probeOllamaModel, usualContextLength } from '../../../servers/probe';
import type { FillEndpoint, ServerKind, ServerModel } from '../../../servers/probe';
import { fillProtocols, ServerClient } from '../../../servers/serverClient';
import { tryFill, trySpellings } from '../../../servers/trial';
import { createStopRule } from '../../../stopping/createStopRule';
import type { TrialTask } from '../tasks';
import { median, questionLength, rate, trialMs, tryCompletions } from '../trial';
import type { Measured, TrialOptions } from '../trial';

/** A model of a server, and what it is tried for. */
export interface ServerCandidate {
  readonly purpose: ServerPurpose;
  readonly address: string;
  readonly kind: ServerKind;
  readonly model: ServerModel;
}

/** What a trial has found. Milliseconds; absent where there is nothing to say. */
export interface ServerFigures extends Measured {
  /** From a request to the first piece of its answer; median. */
  readonly firstMs?: number;
  /** Whether the text shows that the model saw what stands behind the cursor. */
  readonly fillsInTheMiddle?: boolean;
  /** Whether the server says how likely each token was: without that, no suggestion is held back as unsure. */
  readonly givesProbabilities?: boolean;
  /** Of vectors. */
  readonly dimension?: number;
}

export interface ServerTrial {
  /** What the settings are to say, so that the model is asked as it was tried. */
  readonly setting: ServerSetting;
  readonly figures: ServerFigures;
}

/** Conversations are slow; a few tell how long a summary takes. */
const summariesTried = 3;
const summaryTokens = 48;
/** Of a text that is compared. UTF-16 units. */
const textLength = 400;
/** So few that a slow server answers in time. */
const textsAtOnce = 8;

/** @throws {ServerError} where the server cannot be used for this, or `cancelled` */
export function tryServer(
  http: HttpClient,
  candidate: ServerCandidate,
  tasks: readonly TrialTask[],
  options: TrialOptions,
): Promise<ServerTrial> {
  return { completion: tryToComplete, summaries: tryToSummarize, search: tryToSearch }[candidate.purpose](
    http,
    candidate,
    tasks,
    options,
  );
}

async function tryToComplete(
  http: HttpClient,
  candidate: ServerCandidate,
  tasks: readonly TrialTask[],
  options: TrialOptions,
): Promise<ServerTrial> {
  const { model, fillsInTheMiddle } = await howToFill(http, candidate, options.signal);
  const client = new ServerClient(http, model);
  const firstMs: number[] = [];
  let [tokens, known] = [0, 0];
  const measured = await tryCompletions(
    async (params) => {
      const rest = params.suffix.split('\n', 1)[0] ?? '';
      const rule = createStopRule(params.mode, params.path, { prefix: params.prefix, rest });
      const { signal } = options;
      const { contextLength } = model;
      const written = await completeByServer(client, params, rule, { signal, contextLength });
      firstMs.push(written.result.timings.prefillMs);
      tokens += written.tokens.length;
      known += written.tokens.filter(({ logprob }) => logprob !== undefined).length;
      return written.result;
    },
    { model: model.name, contextLength: model.contextLength ?? usualContextLength },
    tasks,
    options,
  );
  const { name, fill, spelling } = model;
  return {
    setting: { address: candidate.address, model: name, endpoint: fill, ...(spelling && { spelling }) },
    figures: {
      ...measured,
      ...(firstMs.length > 0 && { firstMs: median(firstMs) }),
      fillsInTheMiddle,
      givesProbabilities: tokens > 0 && known === tokens,
    },
  };
}

interface WayToFill {
  readonly model: ServerModel & { readonly fill: FillEndpoint };
  readonly fillsInTheMiddle: boolean;
}

/** How the model is asked to fill in the middle: as its server does it by itself, else by the first spelling that it takes. */
async function howToFill(http: HttpClient, { kind, model }: ServerCandidate, signal: AbortSignal): Promise<WayToFill> {
  const known = kind === 'Ollama' ? await probeOllamaModel(http, model.name, signal) : model;
  const { spelling, ...plain } = known;
  const own = known.fill ?? (kind === 'Ollama' ? 'generate' : 'completions');
  if (own === 'infill' || own === 'fimCompletions' || (own === 'generate' && known.fill !== undefined && !spelling)) {
    try {
      const { fits } = await tryFill(http, fillProtocols[own], model.name, undefined, signal);
      return { model: { ...plain, fill: own }, fillsInTheMiddle: fits };
    } catch (error) {
      // llama.cpp answers so where the model's file names no tokens for it.
      if (!(error instanceof ServerError) || error.code !== 'unsupported') throw error;
    }
  }
  const fill = own === 'generate' ? own : 'completions';
  const spelled = await trySpellings(http, fillProtocols[fill], model.name, spelling, signal);
  return {
    model: { ...plain, fill, ...(spelled?.spelling && { spelling: spelled.spelling }) },
    fillsInTheMiddle: spelled !== undefined,
  };
}

async function tryToSummarize(
  http: HttpClient,
  { address, model }: ServerCandidate,
  tasks: readonly TrialTask[],
  { signal, onProgress, now = () => performance.now() }: TrialOptions,
): Promise<ServerTrial> {
  const client = new ServerClient(http, model);
  const [firstMs, wholeMs]: [number[], number[]] = [[], []];
  let [tokens, ms] = [0, 0];
  const end = now() + trialMs;
  for (const { prefix } of tasks.slice(0, summariesTried)) {
    if (now() >= end) break;
    const began = now();
    let first: number | undefined;
    let pieces = 0;
    const content = `Say in one sentence what this code does:\n\n${prefix}`;
    const { usage } = await client.chat(
      { messages: [{ role: 'user', content }], maxTokens: summaryTokens, stop: [] },
      { signal, onText: () => ((first ??= now() - began), pieces++) },
    );
    const whole = now() - began;
    firstMs.push(first ?? whole);
    wholeMs.push(whole);
    tokens += usage.writtenTokens ?? pieces;
    ms += whole - (first ?? whole);
    onProgress?.(wholeMs.length);
  }
  const figures = { firstMs: median(firstMs), answerMs: median(wholeMs), ...rate('writtenPerSecond', tokens, ms) };
  return { setting: { address, model: model.name }, figures };
}

async function tryToSearch(
  http: HttpClient,
  { address, model }: ServerCandidate,
  tasks: readonly TrialTask[],
  { signal, onProgress, now = () => performance.now() }: TrialOptions,
): Promise<ServerTrial> {
  const client = new ServerClient(http, model);
  const end = now() + trialMs;
  const began = now();
  let [texts, dimension] = [0, 0];
  while (texts < tasks.length && now() < began + trialMs / 2) {
    const some = tasks.slice(texts, texts + textsAtOnce).map(({ prefix }) => prefix.slice(0, textLength));
    ({ dimension } = await client.embed(some, 'document', signal));
    texts += some.length;
  }
  const ms = now() - began;
  const questionMs: number[] = [];
  for (const { prefix } of tasks) {
    if (now() >= end) break;
    const asked = now();
    await client.embed([prefix.slice(0, questionLength)], 'query', signal);
    questionMs.push(now() - asked);
    onProgress?.(questionMs.length);
  }
  const figures = { dimension, ...rate('readPerSecond', texts, ms), ...(questionMs.length > 0 && { answerMs: median(questionMs) }) };
  return { setting: { address, model: model.name }, figures };
}
