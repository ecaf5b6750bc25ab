/**
 * What the host and the index process say to each other.
 *
 * Transport: Node's `child_process` IPC with `serialization: 'advanced'`. Both sides check what they receive; a message
 * that does not fit is refused and logged, never acted upon. Paths of files are from their root, with `/` between folders.
 */
import * as v from 'valibot';
import { count } from '../../common/schemas';

/** Raised whenever a message changes its meaning; both sides must agree or the process is not used. */
export const protocolVersion = 8;

const amount = v.pipe(v.number(), v.minValue(0));
const nothing = v.strictObject({});

const root = v.strictObject({
  /** Absolute. */
  path: v.pipe(v.string(), v.nonEmpty()),
  /** Rules as in a `.gitignore` of the root, which nothing overrules. */
  excludes: v.array(v.string()),
  /** Files to begin with: those that the user has open. */
  first: v.array(v.string()),
  /** How the editor reads files that are not Unicode: `files.encoding`, for some languages another one, and `files.autoGuessEncoding`. */
  encodings: v.optional(
    v.strictObject({
      encoding: v.optional(v.string()),
      guess: v.optional(v.boolean()),
      byLanguage: v.optional(v.record(v.string(), v.string())),
    }),
  ),
});
export type Root = v.InferOutput<typeof root>;

/** Longer questions are cut by the host. UTF-16 units. */
export const maxQuestionLength = 10_000;

const question = v.strictObject({
  /** As a person types it (see `parseQuestion`), or a piece of code whose like is looked for. */
  text: v.pipe(v.string(), v.maxLength(maxQuestionLength)),
  kind: v.picklist(['words', 'code']),
  top: v.pipe(count, v.minValue(1), v.maxValue(500)),
  /** A place that is no answer: where the code was taken from. Lines from 1, both included. */
  except: v.optional(v.strictObject({ root: v.string(), path: v.string(), from: count, to: count })),
});
export type SearchQuestion = v.InferOutput<typeof question>;

const snippet = v.strictObject({
  /** Number of its first line, from 1. */
  line: count,
  text: v.string(),
  /** UTF-16 units in `text`: starts and ends (exclusive) of what the question shares with it, ascending. */
  marks: v.array(v.tuple([count, count])),
});
export type Snippet = v.InferOutput<typeof snippet>;

const found = v.strictObject({
  /** Absolute path of the root. */
  root: v.string(),
  path: v.string(),
  /** Lines from 1, both included. */
  from: count,
  to: count,
  /** The definitions around it, as `Class.method`; empty outside of them. */
  symbol: v.string(),
  score: v.number(),
  why: v.strictObject({
    /** What each term of the question adds to the score. */
    terms: v.record(v.string(), v.number()),
    /** Rules that changed the score, each with its factor. */
    rules: v.record(v.string(), v.number()),
    /** The cosine between question and code, where meanings were compared. */
    dense: v.optional(v.number()),
  }),
  /** The part of it that is nearest in meaning: UTF-16 units of the file, and the definitions that are embedded with it. */
  piece: v.strictObject({ start: count, end: count, around: v.string(), model: v.optional(v.string()) }),
  snippet,
});
export type FoundChunk = v.InferOutput<typeof found>;

/** A root whose index could not answer. It is made again, or for the first time, by itself. */
const gap = v.strictObject({
  /** Absolute path of the root. */
  root: v.string(),
  kind: v.picklist(['missing', 'damaged', 'outdated', 'failed']),
  /** Of what has failed: what the system says. */
  reason: v.optional(v.string()),
});
export type Gap = v.InferOutput<typeof gap>;

/** What there is to say about a question itself, beside its answers. */
const remark = v.variant('kind', [
  /** No word of the question is in the code, but one that differs from it by a letter. */
  v.strictObject({ kind: v.literal('corrected'), from: v.string(), to: v.string() }),
  /** No file has this language or ending. */
  v.strictObject({ kind: v.literal('noSuchLanguage'), name: v.string() }),
  v.strictObject({ kind: v.literal('unknownKind'), name: v.string() }),
  /** A regular expression that cannot be searched for, in the words of what searches. */
  v.strictObject({ kind: v.literal('pattern'), isLookAround: v.boolean(), reason: v.string() }),
  /** Time was up when so many of the files were looked through. */
  v.strictObject({ kind: v.literal('partlyScanned'), looked: count, total: count }),
]);
export type SearchRemark = v.InferOutput<typeof remark>;

const answer = v.strictObject({
  found: v.array(found),
  gaps: v.array(gap),
  remarks: v.array(remark),
});
export type FoundChunks = v.InferOutput<typeof answer>;

/** A model that the host runs, and whose vectors are to be used. */
const encoder = v.strictObject({
  /** Names it by content: the vectors of another one are of no use. */
  id: v.pipe(v.string(), v.nonEmpty()),
  /** Numbers in a vector. */
  dimension: v.pipe(count, v.minValue(1), v.maxValue(65_536)),
});
export type EncoderFacts = v.InferOutput<typeof encoder>;

const sizes = v.strictObject({
  /** Of all indexes together, on disk. */
  bytes: count,
  files: count,
  chunks: count,
  /** Of vectors that all workspaces share, and of indexes of folders that have left the workspace. */
  cacheBytes: count,
  oldBytes: count,
});
export type Sizes = v.InferOutput<typeof sizes>;

/** Longer lists of files that are not searched are cut. */
export const maxSkippedFiles = 1_000;

/** Files that hold nothing to search. */
const skipped = v.strictObject({
  /** Of all roots, those included that the list leaves out. */
  total: count,
  files: v.array(
    v.strictObject({
      /** Absolute path of the root. */
      root: v.string(),
      path: v.string(),
      reason: v.picklist(['fatal', 'minified', 'huge', 'binary']),
    }),
  ),
});
export type SkippedFiles = v.InferOutput<typeof skipped>;

/** A question that a workspace can answer, made of what it says itself. */
const example = v.strictObject({
  /** A sentence of its documentation, the words of a name, or a name with a filter. */
  kind: v.picklist(['sentence', 'name', 'filter']),
  text: v.string(),
});
export type ExampleQuestion = v.InferOutput<typeof example>;

/** Every method with its parameters and its result. */
export const methods = {
  /** Says which folders are searched, all of them; brings their indexes up to date. */
  open: { params: v.strictObject({ roots: v.array(root) }), result: nothing },
  /** Files or folders have appeared, changed or gone; without paths, anything may have. */
  changed: { params: v.strictObject({ root: v.string(), paths: v.optional(v.array(v.string())) }), result: nothing },
  /**
   * Says which model embeds texts better, in the background; none where it is absent. Then it is asked for vectors, where it
   * `rests` of questions alone.
   */
  encoder: { params: v.strictObject({ encoder: v.optional(encoder), rests: v.boolean() }), result: nothing },
  /** A file was looked at: what it holds comes first. */
  used: { params: v.strictObject({ root: v.string(), path: v.string() }), result: nothing },
  search: { params: question, result: answer },
  pause: { params: nothing, result: nothing },
  resume: { params: nothing, result: nothing },
  /** Ends what is being indexed; what is committed stays. */
  cancel: { params: nothing, result: nothing },
  /** What does not fit together, a sentence each. */
  verify: { params: nothing, result: v.strictObject({ problems: v.array(v.string()) }) },
  /** Throws the indexes away and makes them again. */
  rebuild: { params: nothing, result: nothing },
  /** Throws the indexes away. */
  clear: { params: nothing, result: nothing },
  size: { params: nothing, result: sizes },
  /** Files that are not searched, those first that a person may have written, and why. */
  skipped: { params: nothing, result: skipped },
  /** What could be asked here, at most one question of a kind; none while there is nothing to ask. */
  examples: { params: nothing, result: v.strictObject({ examples: v.array(example) }) },
  /** Throws away the vectors that all workspaces share, and the indexes of other folders than these. */
  clearCaches: { params: v.strictObject({ keep: v.array(v.string()) }), result: nothing },
} as const;
export type Method = keyof typeof methods;
export type Params<M extends Method> = v.InferOutput<(typeof methods)[M]['params']>;
export type Result<M extends Method> = v.InferOutput<(typeof methods)[M]['result']>;

/** Their work is done before they are answered; all others are answered as soon as they are noted down. */
export const worksBeforeAnswer: ReadonlySet<Method> = new Set([
  'search',
  'verify',
  'size',
  'skipped',
  'examples',
  'clearCaches',
]);

const progress = v.strictObject({
  /**
   * `waiting`: another process writes the index, this one reads it; `refining`: everything can be found, and what the
   * encoder has not embedded yet, it embeds now.
   */
  phase: v.picklist(['idle', 'indexing', 'paused', 'waiting', 'refining']),
  /** Files looked at in this run. */
  files: count,
  /** Files that there are; absent while they are still being counted. */
  total: v.optional(count),
  /** Written in this run. */
  chunks: count,
  chunksPerSecond: amount,
  secondsLeft: v.optional(amount),
  /** How many chunks the encoder has embedded of those that it had not, in this run. */
  refined: v.optional(v.strictObject({ done: count, total: count })),
  /** How many chunks the encoder has not embedded, where there are some and it rests. */
  held: v.optional(count),
  /** Why the index is not up to date, one sentence. */
  trouble: v.optional(v.string()),
});
export type Progress = v.InferOutput<typeof progress>;

/** Why a request failed, for programs; the sentence beside it is for people. */
const errorCode = v.picklist([
  'cancelled', // the caller no longer wants it
  'invalid', // a message or parameter that does not fit
  'unsupported', // what runs the process has no SQLite
  'failed', // the sentence says why
  'deadline', // not answered in time
  'died', // the process ended while the request was running, also when tried again
  'stopped', // it died too often in a row and is not started again by itself
]);
export type ErrorCode = v.InferOutput<typeof errorCode>;

/** The answers to `embed`. */
const vectors = [
  /** One behind the other, in the order of the texts. */
  v.strictObject({ kind: v.literal('vectors'), id: count, vectors: v.instance(Float32Array<ArrayBufferLike>) }),
  v.strictObject({ kind: v.literal('noVectors'), id: count, message: v.string() }),
] as const;
export type VectorAnswer = v.InferOutput<(typeof vectors)[number]>;

const embedding = {
  texts: v.array(v.string()),
  purpose: v.picklist(['query', 'document']),
};
/** The index process asks its host, too: for vectors of the encoder. */
const vectorQuestions = [
  v.strictObject({ kind: v.literal('embed'), id: count, ...embedding }),
  /** They are no longer wanted. */
  v.strictObject({ kind: v.literal('embedNoMore'), id: count }),
] as const;
export type VectorQuestion = v.InferOutput<(typeof vectorQuestions)[number]>;

export const hostMessage = v.variant('kind', [
  ...vectors,
  v.strictObject({
    kind: v.literal('request'),
    id: count,
    method: v.picklist(Object.keys(methods) as [Method, ...Method[]]),
    params: v.unknown(),
  }),
  v.strictObject({ kind: v.literal('cancel'), id: count }),
]);
export type IndexHostMessage = v.InferOutput<typeof hostMessage>;

export const indexMessage = v.variant('kind', [
  // Loose, so that a process of another version is recognized by its `protocol`, whatever else it sends.
  v.looseObject({ kind: v.literal('ready'), protocol: count, pid: count }),
  /** Work on a request has begun that is done before it is answered: if the process dies now, this may be the reason. */
  v.strictObject({ kind: v.literal('started'), id: count }),
  v.strictObject({ kind: v.literal('result'), id: count, value: v.unknown() }),
  v.strictObject({
    kind: v.literal('error'),
    id: count,
    error: v.strictObject({ code: errorCode, message: v.string() }),
  }),
  v.strictObject({ kind: v.literal('progress'), progress }),
  ...vectorQuestions,
  /** A question that was answered without the encoder, which was busy, can be answered with it now. */
  v.strictObject({ kind: v.literal('better') }),
  v.strictObject({
    kind: v.literal('log'),
    level: v.picklist(['debug', 'info', 'warn', 'error']),
    message: v.string(),
  }),
]);
export type IndexMessage = v.InferOutput<typeof indexMessage>;

/** What the process is started with, as JSON in its first argument. */
export const startOptions = v.strictObject({
  /** Absolute path of the folder that holds the indexes of this workspace. */
  storage: v.pipe(v.string(), v.nonEmpty()),
  /** Absolute path of the folder that holds what all workspaces share. */
  shared: v.pipe(v.string(), v.nonEmpty()),
  /** Absolute path of the folder of the model that embeds code. */
  model: v.pipe(v.string(), v.nonEmpty()),
  /** Absolute path of the folder that holds the grammars. */
  grammars: v.pipe(v.string(), v.nonEmpty()),
  /** Whether the process before this one died while it was needed: of a file, perhaps, that is named in the store. */
  died: v.optional(v.boolean(), false),
});
export type StartOptions = v.InferOutput<typeof startOptions>;
