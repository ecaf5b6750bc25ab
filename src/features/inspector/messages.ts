/**
 * What the attention panel and its host say to each other. Most requests are the engine's own: the host checks that
 * the capture is one it made for the panel, and passes them on.
 */
import * as v from 'valibot';
import { attentionMethods } from '../../ipc/engine/messages/attention';
import { similarityMethods } from '../../ipc/engine/messages/similarity';
import { count } from '../../common/schemas';

export type {
  Aggregate,
  CapturedSequence,
  CapturedStack,
  Causal,
  HeadRole,
  Heads,
  HeadScores,
  PoolKind,
  Probabilities,
  Provenance,
  SequenceSegment,
  SegmentKind,
  Thumbnails,
  Tile,
  TokenSpan,
  AttentionWeights,
} from '../../ipc/engine/messages/attention';

const uint8Array = v.instance<new () => Uint8Array>(Uint8Array);

const description = attentionMethods.capture.result.entries;

/** What the capture is of, as people call it. */
const subjectKind = v.picklist(['selection', 'suggestion', 'summary', 'hit']);
export type SubjectKind = v.InferOutput<typeof subjectKind>;

/** Two captures at most are in the panel: the one looked at, and the one it is compared with. */
const slot = v.picklist(['main', 'other']);
export type Slot = v.InferOutput<typeof slot>;

const { pairs, score, pooling, truncated } = similarityMethods.similarity.result.entries;

/**
 * A question and what was found for it, which the model has read apart: no attention, but how alike they are. The first
 * sequence is the question, the second the code; the one stack has no maps to ask for.
 */
const similarity = v.strictObject({
  pairs,
  score,
  pooling,
  truncated,
  /** Whether the model attends to anything, so that its attention within the code can be captured. */
  attends: v.boolean(),
  /** The cosine by which the code was found, of vectors rounded to bytes; absent where words alone were compared. */
  foundBy: v.optional(v.number()),
});
export type ShownSimilarity = v.InferOutput<typeof similarity>;

const shown = v.strictObject({
  slot,
  capture: count,
  kind: subjectKind,
  /** Such as `parse.ts:10–32`. */
  title: v.string(),
  /** Such as the model's name; what tells two captures of one text apart. */
  detail: v.string(),
  sequences: description.sequences,
  stacks: description.stacks,
  /** For each sequence and segment, the number of the line in its file, counted from 1, that it begins on; 0: on none. */
  firstLines: v.array(v.array(count)),
  /** Tokens that the model wrote, with natural-log probabilities. */
  logprobs: v.array(v.number()),
  /** The tokens were copied, not written by the model: their numbers are no probabilities of the model's. */
  copied: v.optional(v.boolean()),
  /** The end of what was to be captured is not in it: the model takes no more. */
  cut: v.optional(v.boolean()),
  similarity: v.optional(similarity),
});
/** A capture as the panel shows it; rows come later, see `progress`. */
export type CaptureView = v.InferOutput<typeof shown>;

const finished = v.strictObject({
  capture: count,
  /** For each stack [layers·heads]: the share of all weights that lies on the first token. */
  sinkShares: description.sinkShares,
  totalMs: v.number(),
  bytes: count,
});
export type Finished = v.InferOutput<typeof finished>;

/** How an exported file is called, and what is in it. */
const exportKind = v.picklist(['png', 'svg', 'json', 'npy', 'session']);
export type ExportKind = v.InferOutput<typeof exportKind>;

const comparison = v.variant('kind', [
  /** The same text as it stands in the editor now. */
  v.strictObject({ kind: v.literal('edit') }),
  /** The same text, read by a model that the user chooses. */
  v.strictObject({ kind: v.literal('model') }),
  /** The same prompt without some of its tokens. */
  v.strictObject({ kind: v.literal('without'), from: count, to: count }),
]);
export type Comparison = v.InferOutput<typeof comparison>;

const { heads } = attentionMethods.tile.params.entries;
/** Which map is shown: of a layer, or with null of all layers. */
const mapPlace = v.strictObject({ stack: count, layer: v.nullable(count), heads });
export type MapPlace = v.InferOutput<typeof mapPlace>;

const { thumbnails, tile, weights, headScores, probabilities, provenance, causal } = attentionMethods;

export const inspectorProtocol = {
  requests: {
    thumbnails,
    tile,
    weights,
    /** The host adds `relations`: which tokens belong together in the code. */
    headScores: { params: v.omit(headScores.params, ['relations']), result: headScores.result },
    probabilities,
    provenance,
    causal,
    /** Captures a second text to compare with; answered once it is there. False where the user changed their mind. */
    compare: { params: v.strictObject({ capture: count, how: comparison }), result: v.boolean() },
    /** Asks the user for a place and writes the file; a session's and a matrix's content is the host's to make: it may be larger than a message. The place's name; undefined where the user changed their mind. */
    save: {
      params: v.strictObject({
        capture: count,
        kind: exportKind,
        name: v.pipe(v.string(), v.maxLength(100)),
        data: uint8Array,
        map: mapPlace,
      }),
      result: v.optional(v.string()),
    },
  },
  notifications: {
    /** The page is there and listens. */
    ready: v.strictObject({}),
    /** What is pointed at, and how much of the text lies in it: the editor shows the same. One value for each token, 0…255. */
    highlight: v.strictObject({
      capture: count,
      sequence: count,
      from: count,
      to: count,
      direction: v.picklist(['reads', 'readBy']),
      values: uint8Array,
    }),
    /** Nothing is pointed at any more. */
    clearHighlight: v.strictObject({}),
    /** Shows tokens in the editor. */
    reveal: v.strictObject({ capture: count, sequence: count, from: count, to: count }),
    /** Captures the subject again, as it stands now. */
    recapture: v.strictObject({ capture: count }),
    /** Puts a link to what is on screen on the clipboard. The state is the page's own; the host adds the place. */
    copyLink: v.strictObject({ capture: count, state: v.pipe(v.string(), v.maxLength(2000)) }),
    /** Captures the attention of the model within the code that was found. */
    captureWithin: v.strictObject({ capture: count }),
    /** Lets go of the capture compared with. */
    closeComparison: v.strictObject({}),
  },
  events: {
    /** A capture has begun, and takes its slot. */
    shown,
    /** Rows below `done` of a stack are there. */
    progress: v.strictObject({ capture: count, stack: count, done: count }),
    finished,
    /** The text has changed since it was captured; or, undone, it has not. */
    stale: v.strictObject({ capture: count, stale: v.boolean() }),
    /** A token under the editor's cursor. */
    cursor: v.strictObject({ capture: count, sequence: count, token: count }),
    /** A capture that did not come about, in a sentence. */
    failed: v.strictObject({ message: v.string() }),
    /** Something is being captured: a sentence that names it. */
    busy: v.strictObject({ title: v.string() }),
    /** What the view should show, from a link. */
    state: v.strictObject({ state: v.string() }),
  },
} as const;
export type InspectorProtocol = typeof inspectorProtocol;
