/** The method `generate`: text in words, for summaries and for other extensions. */
import * as v from 'valibot';
import { count, finishReason, int32Array, sampling, timings, writtenToken } from './parts';

/** UTF-16 units of one text, which is tokenized in one step. Longer ones are split by the host. */
export const maxTextLength = 65_536;

const text = v.pipe(v.string(), v.maxLength(maxTextLength));

const chatMessage = v.strictObject({ role: v.picklist(['system', 'user', 'assistant']), content: text });
export type ChatMessage = v.InferOutput<typeof chatMessage>;

const writingPrompt = v.variant('kind', [
  /** Code whose documentation's first sentence is wanted; for models that were trained to write it. */
  v.strictObject({
    kind: v.literal('documentation'),
    /** Relative to the workspace folder, with `/`. */
    path: v.string(),
    /** Whole lines without their documentation. Of code that does not fit, the first lines are read. */
    code: text,
  }),
  /** A conversation, for models that bring a chat template. */
  v.strictObject({ kind: v.literal('chat'), messages: v.pipe(v.array(chatMessage), v.minLength(1)) }),
  /** Lines of a file around what was edited last, which are written anew as the next edit leaves them; for models that were trained to. */
  v.strictObject({
    kind: v.literal('nextEdit'),
    /** Relative to the workspace folder, with `/`. */
    path: v.string(),
    /** Earlier edits, the latest last: lines before and after. */
    edits: v.pipe(v.array(v.strictObject({ path: v.string(), before: text, after: text })), v.maxLength(10)),
    /** The lines before the latest edit, and now. */
    before: text,
    now: text,
  }),
  /** What a decoder goes on with, or what an encoder–decoder reads. */
  v.strictObject({ kind: v.literal('text'), text }),
]);
export type WritingPrompt = v.InferOutput<typeof writingPrompt>;

/** The kinds of prompt that a model can be asked with. */
export const promptKinds = v.array(v.picklist(['documentation', 'chat', 'nextEdit', 'text']));
export type PromptKind = v.InferOutput<typeof promptKinds>[number];

export const generateParams = v.strictObject({
  /** Absolute path of the model folder. */
  model: v.string(),
  prompt: writingPrompt,
  maxTokens: v.pipe(count, v.minValue(1)),
  /** `sentence`: end behind the first one, or with its line; documentation always does. Absent: where the model ends. */
  until: v.optional(v.literal('sentence')),
  sampling: v.optional(sampling),
});
export type GenerateParams = v.InferOutput<typeof generateParams>;

export const generateResult = v.strictObject({
  text: v.string(),
  /** The generated tokens; their texts joined give `text`, or a longer text cut where it ends. */
  tokens: v.array(writtenToken),
  /** The prompt as the model saw it. */
  promptIds: int32Array,
  /** True where the model did not see all of the code, because it did not fit. */
  cut: v.boolean(),
  finish: finishReason,
  timings,
});
export type GenerateResult = v.InferOutput<typeof generateResult>;

/** Streamed while text is being generated: the text so far is the concatenation. */
export const generateEvent = v.strictObject({ text: v.string() });
