/**
 * What the host and the engine process say to each other.
 *
 * Transport: Node's `child_process` IPC with `serialization: 'advanced'` (structured clone), so typed arrays
 * travel as they are. Both sides validate what they receive; a message that does not fit is refused and logged,
 * never acted upon.
 */
import * as v from 'valibot';
import { devicesReport } from './devices';
import { attentionMethods } from './messages/attention';
import { describeMethods } from './messages/describe';
import { embedParams, embedResult } from './messages/embed';
import { generateEvent, generateParams, generateResult, promptKinds } from './messages/generate';
import { likelihoodMethods } from './messages/likelihood';
import {
  count,
  finishReason,
  int32Array,
  milliseconds,
  sampling,
  timings,
  uint32Array,
  writtenToken,
} from './messages/parts';
import { similarityMethods } from './messages/similarity';

export { maxTextLength, maxTexts } from './messages/embed';
export type { EmbedResult } from './messages/embed';
export type { FinishReason, Sampling, Timings, WrittenToken } from './messages/parts';

/** Raised whenever a message changes its meaning; both sides must agree or the engine is not used. */
export const protocolVersion = 2;

/** Lower is served first; a running request yields to a more urgent one between any two steps. */
export const priorities = { completion: 0, summarize: 1, inspect: 2, index: 3, ahead: 4 } as const;
export type Priority = keyof typeof priorities;

/** UTF-16 units. Longer documents are cut by the host, at line starts, before they are sent. */
export const maxPrefixLength = 32_768;
export const maxSuffixLength = 8_192;

/** A piece of another file shown to the model in front of the current one. */
const contextSnippet = v.strictObject({ path: v.string(), text: v.string() });
export type ContextSnippet = v.InferOutput<typeof contextSnippet>;

/**
 * Where the completion ends: with the line, or with the block that the cursor's line opens or stands in. `auto`: with the
 * line, but in an empty body, and where the line opens a block, with that, if the text is likely enough to be right.
 */
export const completionModes = ['line', 'block', 'auto'] as const;
const completionMode = v.picklist(completionModes);
export type CompletionMode = v.InferOutput<typeof completionMode>;

/** Files that a text may be copied from. */
export const maxNeighbours = 400;
/** What a request may carry of texts that no file has, together. UTF-16 units: each key press sends them anew. */
export const maxNeighbourText = 262_144;
/** A file by its absolute path; where its text is not on disk, by a name of its own with its text, which holds no secrets. */
const neighbour = v.union([
  v.string(),
  v.strictObject({ path: v.string(), text: v.pipe(v.string(), v.maxLength(maxNeighbourText)) }),
]);
export type Neighbour = v.InferOutput<typeof neighbour>;

/** Each costs about as much as the text that it stands beside. */
const maxAlternatives = 4;

/** A shorter prompt holds no path and no text worth the name. */
export const minPromptTokens = 64;

const completeParams = v.strictObject({
  /** Absolute path of the model folder. */
  model: v.string(),
  /** Path of the document as the model should see it, relative to its workspace folder, with `/`. */
  path: v.string(),
  /** Most stable first: the cache is reused up to the first changed token. */
  context: v.array(contextSnippet),
  /** Text before the cursor; starts at the start of a line. */
  prefix: v.pipe(v.string(), v.maxLength(maxPrefixLength)),
  /** Text after the cursor. */
  suffix: v.pipe(v.string(), v.maxLength(maxSuffixLength)),
  mode: completionMode,
  maxTokens: v.pipe(count, v.minValue(1)),
  /** So many tokens of context and text the prompt has at most, where less than the engine's own limit is wanted. */
  maxPromptTokens: v.optional(v.pipe(count, v.minValue(minPromptTokens))),
  sampling: v.optional(sampling),
  /**
   * What the text may be copied from, nearest first, beside the document itself; without it the model alone writes.
   */
  neighbours: v.optional(v.pipe(v.array(neighbour), v.maxLength(maxNeighbours))),
  /** The model writes nothing: what is copied and surely meant, or an empty text. */
  copiesOnly: v.optional(v.literal(true)),
  /** How the editor reads those of them that are not Unicode, see `EncodingSettings`. */
  encoding: v.optional(v.strictObject({ encoding: v.optional(v.string()), guess: v.optional(v.boolean()) })),
  /**
   * So many texts, and a copy, are compared by how probable the lines behind the cursor are once each is written there, where the model
   * is prompted without those; its first choice is taken as it is where this is left out. Lines only.
   */
  candidates: v.optional(v.pipe(count, v.minValue(1), v.maxValue(maxAlternatives + 1))),
  /**
   * A text that can be no surer than that is of no use, and given up while it is written: `finish` is `unlikely` then, and the
   * text the beginning that there is. All are written to their end where this is left out.
   */
  minConfidence: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  /** So many further texts are wanted beside the one that is the model's first choice. */
  alternatives: v.optional(v.pipe(count, v.minValue(1), v.maxValue(maxAlternatives))),
});
export type CompleteParams = v.InferOutput<typeof completeParams>;

const proposal = {
  text: v.string(),
  /** The tokens of the text, natural-log probabilities; their texts joined give `text`, or a longer text cut at a stop. */
  tokens: v.array(writtenToken),
  /** Sum over the tokens of `text`, the closing `endOfMiddle` included where it was generated. */
  logprob: v.number(),
  /** Probability in 0…1 that a programmer would have written exactly this. */
  confidence: v.pipe(v.number(), v.minValue(0), v.maxValue(1)),
  finish: finishReason,
};
const alternativeText = v.strictObject(proposal);
export type AlternativeText = v.InferOutput<typeof alternativeText>;

/** Whether it stands there with other names. */
const renamed = v.optional(v.literal(true));
const copiedFrom = v.variant('kind', [
  /** So many lines below the cursor's, or above where negative. */
  v.strictObject({ kind: v.literal('here'), lines: v.pipe(v.number(), v.integer()), renamed }),
  /** A line of another file, counted from 1; its path as it was given. */
  v.strictObject({ kind: v.literal('file'), path: v.string(), line: v.pipe(count, v.minValue(1)), renamed }),
]);
export type CopiedFrom = v.InferOutput<typeof copiedFrom>;

const completeResult = v.strictObject({
  ...proposal,
  /** Where they were asked for: other texts, no two alike, the likeliest to be wanted first; perhaps fewer than asked for. */
  alternatives: v.optional(v.array(alternativeText)),
  /** Where the text was copied from, where the model did not write it. */
  copied: v.optional(copiedFrom),
  /** The prompt as the model saw it, kept so that "why?" can be asked later. */
  promptIds: int32Array,
  /** Of the first text. */
  timings,
});
export type CompleteResult = v.InferOutput<typeof completeResult>;

/** Streamed while a completion is being decoded: the text so far is the concatenation. */
const completeEvent = v.strictObject({ text: v.string() });
export type CompleteEvent = v.InferOutput<typeof completeEvent>;

const loadParams = v.strictObject({ model: v.string() });
const modelInfo = v.strictObject({
  name: v.string(),
  role: v.picklist(['decoder', 'encoder', 'encoder-decoder']),
  contextLength: count,
  vocabularySize: count,
  /** Numbers in a vector, of encoders. */
  dimension: v.optional(count),
  /** Of encoders: names what they make of texts by content, so that vectors that were kept are known to be of this model. */
  identity: v.optional(v.string()),
  /** True where the model was trained to fill in the middle. */
  fillsInTheMiddle: v.boolean(),
  /** What `generate` can be asked with. */
  prompts: promptKinds,
  loadMs: milliseconds,
});
export type ModelInfo = v.InferOutput<typeof modelInfo>;

const tokenizeParams = v.strictObject({
  model: v.string(),
  /** Bounded, since tokenizing is one step: nothing else is served meanwhile. */
  text: v.pipe(v.string(), v.maxLength(maxPrefixLength)),
});
const tokenizeResult = v.strictObject({
  ids: int32Array,
  /** Two numbers per token: start and end (exclusive) in UTF-16 units of the text. */
  ranges: uint32Array,
});
export type TokenizeResult = v.InferOutput<typeof tokenizeResult>;

const statusResult = v.strictObject({
  models: v.array(v.string()),
  /** Resident memory of the engine process, bytes. */
  residentBytes: count,
  threads: count,
  /** What runs models, by name, where that is not the processor. */
  accelerators: v.array(v.string()),
  /** Why an accelerator that ran models, or was to, does so no longer: one sentence. */
  acceleratorFailure: v.optional(v.string()),
  /** Version of ONNX Runtime. */
  runtime: v.string(),
  /** Absent where no accelerator can be chosen. */
  devices: v.optional(devicesReport),
});
export type EngineStatus = v.InferOutput<typeof statusResult>;

/** Every method with its parameters, its result and, where it streams, its events. */
export const methods = {
  load: { params: loadParams, result: modelInfo, event: v.never() },
  complete: { params: completeParams, result: completeResult, event: completeEvent },
  generate: { params: generateParams, result: generateResult, event: generateEvent },
  tokenize: { params: tokenizeParams, result: tokenizeResult, event: v.never() },
  embed: { params: embedParams, result: embedResult, event: v.never() },
  status: { params: v.strictObject({}), result: statusResult, event: v.never() },
  ...likelihoodMethods,
  ...describeMethods,
  ...attentionMethods,
  ...similarityMethods,
} as const;
export type Method = keyof typeof methods;
export type Params<M extends Method> = v.InferOutput<(typeof methods)[M]['params']>;
export type Result<M extends Method> = v.InferOutput<(typeof methods)[M]['result']>;
export type Event<M extends Method> = v.InferOutput<(typeof methods)[M]['event']>;

/** Why a request failed, for programs; the sentence beside it is for people. */
const errorCode = v.picklist([
  'cancelled', // the caller no longer wants it
  'deadline', // not finished in time and nothing usable yet
  'invalid', // a message or parameter that does not fit
  'modelMissing', // the folder or a file in it is not there
  'modelInvalid', // truncated, wrong checksum, wrong type, or graph and tokenizer do not fit
  'runtime', // ONNX Runtime refused or failed
  'engineDied', // the process ended while the request was running, also when tried again
  'engineStopped', // it died too often in a row and is not started again by itself
]);
export type ErrorCode = v.InferOutput<typeof errorCode>;
const failure = v.strictObject({ code: errorCode, message: v.string() });

const logLevel = v.picklist(['debug', 'info', 'warn', 'error']);

export const hostMessage = v.variant('kind', [
  v.strictObject({
    kind: v.literal('request'),
    id: count,
    method: v.picklist(Object.keys(methods) as [Method, ...Method[]]),
    priority: v.picklist(Object.keys(priorities) as [Priority, ...Priority[]]),
    /** Milliseconds from receipt after which the result is no longer wanted; partial text is returned where there is some. */
    deadlineMs: v.optional(milliseconds),
    params: v.unknown(),
  }),
  v.strictObject({ kind: v.literal('cancel'), id: count }),
]);
export type EngineHostMessage = v.InferOutput<typeof hostMessage>;

export const engineMessage = v.variant('kind', [
  // Loose, so that an engine of another version is recognized by its `protocol`, whatever else it sends.
  v.looseObject({ kind: v.literal('ready'), protocol: count, pid: count }),
  /** Work on the request has begun, or goes on: if the process dies now, this request may be the reason. */
  v.strictObject({ kind: v.literal('started'), id: count }),
  /** A more urgent request runs instead: until the next `started`, this one is not the reason. */
  v.strictObject({ kind: v.literal('parked'), id: count }),
  /** Whether models are being opened. */
  v.strictObject({ kind: v.literal('loading'), active: v.boolean() }),
  /** Which execution provider runs models from now on, where that is not the processor: it may end the process. */
  v.strictObject({ kind: v.literal('provider'), name: v.optional(v.string()) }),
  v.strictObject({ kind: v.literal('event'), id: count, value: v.unknown() }),
  v.strictObject({ kind: v.literal('result'), id: count, value: v.unknown() }),
  v.strictObject({ kind: v.literal('error'), id: count, error: failure }),
  v.strictObject({ kind: v.literal('log'), level: logLevel, message: v.string() }),
]);
export type EngineMessage = v.InferOutput<typeof engineMessage>;
