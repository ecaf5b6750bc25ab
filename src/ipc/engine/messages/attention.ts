/**
 * Looking at attention: a text is run once through an instrumented copy of the model (`capture`), its weights stay in
 * the engine, quantised, and what is to be shown is asked for piece by piece.
 *
 * Words. A capture holds one or two **sequences** of tokens and one or more **stacks** of layers over them:
 * - a decoder: one sequence, one stack, whose heads are causal;
 * - an encoder: one sequence, one stack, whose heads see the whole text;
 * - an encoder-decoder: the source and the target, and three stacks: `encoder`, `decoder` and `cross`.
 *
 * A **map** is one head's weights w[i][j] in 0…1: row i is the query, the token that reads; column j is the key, the
 * token that is read. Rows sum to 1. In a causal stack only j ≤ i exists; everything above the diagonal is 0.
 *
 * Quantisation: u = round(255·√w), so w ≈ (u/255)². It is by the root, because small weights matter: of 2,048 even
 * ones each is 0.0005, which linear steps of 1/255 would round to nothing.
 *
 * Levels: level 0 is the map itself; a cell of level k stands for 2^k × 2^k cells of it, the first ones at the map's
 * first row and column, fewer at its end. It holds their maximum or their mean, of those that exist.
 *
 * All positions are token indices within their sequence, counted from 0, and all text offsets UTF-16 units.
 */
import * as v from 'valibot';
import { count, int32Array, milliseconds, uint32Array } from './parts';

const uint8Array = v.instance<new () => Uint8Array>(Uint8Array);
const float32Array = v.instance<new () => Float32Array>(Float32Array);
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

/** Longer texts are longer than what any model here takes. UTF-16 units. */
export const maxCapturedText = 65_536;
/** What one answer may take, bytes: 4 MB with room for the message around it. Of tiles and pictures, a cell is a byte. */
export const maxTileCells = 3_900_000;
/** Lines that are reported of each explained token, at most. */
export const maxLinesOfToken = 20;
/** Cells along a side of the largest thumbnail. */
export const maxThumbnail = 128;

const text = v.pipe(v.string(), v.maxLength(maxCapturedText));
const captureId = v.pipe(count, v.minValue(1));

/** Tokens [from, to) of a sequence. */
const tokenSpan = v.strictObject({ from: count, to: count });
export type TokenSpan = v.InferOutput<typeof tokenSpan>;

/** What the model is to read. */
const subject = v.variant('kind', [
  /** A completion as it was made: its prompt and the tokens that were written behind it, perhaps none. */
  v.strictObject({ kind: v.literal('prompt'), promptIds: int32Array, generatedIds: int32Array }),
  /**
   * A piece of a file. A model that knows a token for the beginning of a file or text is given that in front, and with
   * it the path; a model with one sequence reads nothing else. `target`, for encoder-decoders: what they are to have
   * written, up to which the decoder is run. `around`, for encoders: the definitions that the text stands in, as search
   * puts them in front of it.
   */
  v.strictObject({
    kind: v.literal('text'),
    text,
    path: v.optional(v.string()),
    target: v.optional(text),
    around: v.optional(text),
  }),
]);
export type CaptureSubject = v.InferOutput<typeof subject>;

const captureParams = v.strictObject({
  /** Absolute path of the model folder. */
  model: v.string(),
  subject,
  /**
   * Layers of which whole maps are wanted first, where memory does not do for all (see `kept`). Of all layers, there
   * are thumbnails, scores and sink shares in any case.
   */
  layers: v.optional(v.array(count)),
});
export type CaptureParams = v.InferOutput<typeof captureParams>;

/**
 * What a stretch of the model's input is. `text`: the subject's text, or what cannot be told apart; `special`: a token
 * that stands for no text; `path`: a file's name; `context`: another file; `suffix`, `prefix`, `rest`: what is behind
 * the cursor's line, before the cursor, and behind the cursor on its line; `generated`: what the model wrote; `around`: the
 * definitions that a piece of code stands in.
 */
const segmentKind = v.picklist([
  'text',
  'special',
  'path',
  'context',
  'suffix',
  'prefix',
  'rest',
  'generated',
  'around',
]);
export type SegmentKind = v.InferOutput<typeof segmentKind>;

const segment = v.strictObject({
  kind: segmentKind,
  /** Its tokens. */
  from: count,
  to: count,
  /** Its place in the sequence's text: UTF-16 offsets, empty for special tokens. */
  start: count,
  end: count,
});
export type SequenceSegment = v.InferOutput<typeof segment>;

const sequence = v.strictObject({
  ids: int32Array,
  /** What each token adds to the text; '' for special tokens and for tokens that end within a character. */
  texts: v.array(v.string()),
  /** All of it, as the model reads it: parts of several places of a document may follow each other. */
  text: v.string(),
  /** Two numbers for each token: start and end (exclusive) in `text`. Tokens that share a character share its range. */
  ranges: uint32Array,
  /** In order, without gaps: their token spans join to the whole sequence. Offsets into a document follow from them. */
  segments: v.array(segment),
});
export type CapturedSequence = v.InferOutput<typeof sequence>;
export { sequence as capturedSequence };

const stack = v.strictObject({
  kind: v.picklist(['decoder', 'encoder', 'cross']),
  /** Index of the sequence whose tokens are the rows, and of the one whose tokens are the columns. */
  queries: count,
  keys: count,
  layers: count,
  /** Query heads of each layer. */
  heads: count,
  causal: v.boolean(),
  /** For each layer, whether its whole maps are kept, so that tiles and weights can be asked for. */
  kept: v.array(v.boolean()),
  /** Whether `value-weighted` is there: it needs the values and the matrix behind attention. */
  valueWeighted: v.boolean(),
});
export type CapturedStack = v.InferOutput<typeof stack>;

/** How the weights were read out of the graph. */
const captureWay = v.picklist(['groupedAttention', 'multiHeadAttention', 'attention', 'softmax']);
export type CaptureWay = v.InferOutput<typeof captureWay>;

const description = {
  capture: captureId,
  way: captureWay,
  sequences: v.array(sequence),
  stacks: v.array(stack),
};
const captureDescription = v.strictObject(description);
export type CaptureDescription = v.InferOutput<typeof captureDescription>;

/**
 * Streamed while a text is captured. After `begun`, everything about the capture may be asked for: rows that are not
 * there yet are 0. `rows`: rows below `done` of stack `stack` are there now, in all layers.
 */
const captureEvent = v.variant('kind', [
  v.strictObject({ kind: v.literal('begun'), description: captureDescription }),
  v.strictObject({ kind: v.literal('rows'), capture: captureId, stack: count, done: count }),
]);
export type CaptureEvent = v.InferOutput<typeof captureEvent>;

const captureResult = v.strictObject({
  ...description,
  /** For each stack [layers·heads]: the share of all weights that lies on the first token, 0…1. */
  sinkShares: v.array(float32Array),
  timings: v.strictObject({
    /** Opening the instrumented model; 0 where it was open. */
    openMs: milliseconds,
    /** Native runs. */
    runMs: milliseconds,
    /** Quantising. */
    packMs: milliseconds,
    /** From the request's first step to its end, the pauses included. */
    totalMs: milliseconds,
  }),
  /** Memory that the capture keeps, bytes. */
  bytes: count,
});
export type CaptureResult = v.InferOutput<typeof captureResult>;

const place = { capture: captureId, stack: v.optional(count, 0) };

const poolKind = v.picklist(['mean', 'max']);
export type PoolKind = v.InferOutput<typeof poolKind>;

/**
 * Which weights: one head of a layer by its index, or a summary of the layer's heads, or, with `layer` left out, of the
 * whole stack's.
 * - `mean`, `max`: over heads, cell by cell; a row of `max` no longer sums to 1.
 * - `value-weighted`: the mean over heads of w[i][j]·‖v_j·W_O‖, each row renormalised: what a token's value amounts to
 *   behind attention, not only how much of it was taken (Kobayashi et al., 2020).
 * - `rollout`: what reaches row i from input j through all layers up to this one, with half of every layer taken to
 *   pass by its attention (Abnar & Zuidema, 2020).
 */
const aggregate = v.picklist(['mean', 'max', 'value-weighted', 'rollout']);
export type Aggregate = v.InferOutput<typeof aggregate>;
const heads = v.union([count, aggregate]);
export type Heads = v.InferOutput<typeof heads>;

const thumbnailsParams = v.strictObject({
  ...place,
  /** All layers where it is absent. */
  layer: v.optional(count),
  /** Most cells along a side; the thumbnails are of the first level that fits. */
  size: v.pipe(count, v.minValue(1), v.maxValue(maxThumbnail)),
  kind: poolKind,
});
const thumbnailsResult = v.strictObject({
  level: count,
  /** Cells of one thumbnail. */
  width: count,
  height: count,
  /** [layers, heads, height, width], quantised; with `layer`, of that layer alone. */
  data: uint8Array,
});
export type Thumbnails = v.InferOutput<typeof thumbnailsResult>;

const tileParams = v.strictObject({
  ...place,
  layer: v.optional(count),
  heads,
  level: v.pipe(count, v.maxValue(16)),
  kind: poolKind,
  /** In cells of the level; what reaches over its edge is cut off. At most `maxTileCells`. */
  x: count,
  y: count,
  width: v.pipe(count, v.minValue(1)),
  height: v.pipe(count, v.minValue(1)),
});
export type TileParams = v.InferInput<typeof tileParams>;
const tileResult = v.strictObject({
  x: count,
  y: count,
  width: count,
  height: count,
  /** [height, width], quantised. */
  data: uint8Array,
});
export type Tile = v.InferOutput<typeof tileResult>;

/**
 * Weights of some tokens towards all the others.
 * - `reads`: what tokens [from, to) read: for each column j, the mean over these rows;
 * - `readBy`: what reads tokens [from, to): for each row i, the sum over these columns.
 */
const weightsParams = v.strictObject({
  ...place,
  layer: v.optional(count),
  heads,
  tokens: tokenSpan,
  direction: v.picklist(['reads', 'readBy']),
  /** Leaves the first token out and renormalises each row: models park there what they have no use for. */
  withoutSink: v.optional(v.boolean(), false),
});
export type WeightsParams = v.InferInput<typeof weightsParams>;
const weightsResult = v.strictObject({
  /** One for each token of the other side. Not quantised further: floats of quantised weights and of sums of them. */
  values: float32Array,
  /** Share of these tokens' reading that goes to the first token, 0…1, before it is left out; for `readBy`, of all rows. */
  sinkShare: share,
  /** Over how many tokens the values are spread: 2^H with H the entropy, bits, of the values as parts of their sum. */
  effectiveContext: v.pipe(v.number(), v.minValue(0)),
});
export type AttentionWeights = v.InferOutput<typeof weightsResult>;

/** What a head can be found to do. `identifier`: reads other occurrences of a name; `parent`: tokens of the same parent in the syntax tree. */
const headRole = v.picklist([
  'previous',
  'duplicate',
  'induction',
  'bracket',
  'identifier',
  'definition',
  'parent',
  'sink',
]);
export type HeadRole = v.InferOutput<typeof headRole>;

const relation = v.strictObject({
  role: v.picklist(['bracket', 'identifier', 'definition', 'parent']),
  /** Two numbers for each pair: the token that reads and the one that is read. */
  pairs: uint32Array,
});
export type Relation = v.InferOutput<typeof relation>;

/**
 * Roles that follow from the tokens alone (previous, duplicate, induction, sink, and bracket and identifier where no
 * relation is given for them) are always there; the others only where the host sends their relation.
 */
const headScoresParams = v.strictObject({ ...place, relations: v.optional(v.array(relation), []) });
export type HeadScoresParams = v.InferInput<typeof headScoresParams>;
const headScoresResult = v.strictObject({
  /** All arrays: [layers·heads]. */
  roles: v.array(
    v.strictObject({
      role: headRole,
      /** Share of the head's weights, without diagonal and sink, that lies on the role's pairs, 0…1. For `sink`, of all weights. */
      score: float32Array,
      /**
       * How many times as much as is to be expected: of a head with the same weights at every distance that does not
       * care for these pairs; for `previous` and `sink`, which are distances, of one that reads everything evenly.
       */
      lift: float32Array,
      /** How many pairs there are. With few, score and lift say little. */
      pairs: count,
    }),
  ),
  /** Mean over rows of the entropy, bits, and of the effective context 2^H, tokens. */
  entropy: float32Array,
  effectiveContext: float32Array,
  /** Share of the weights on the first token, and on the first four. */
  sink: float32Array,
  firstFour: float32Array,
});
export type HeadScores = v.InferOutput<typeof headScoresResult>;

const probability = v.strictObject({ id: count, text: v.string(), probability: share });
const probabilitiesParams = v.strictObject({
  capture: captureId,
  /** The distribution is of the token that follows this one. */
  position: count,
  top: v.pipe(count, v.minValue(1), v.maxValue(100)),
});
const probabilitiesResult = v.strictObject({
  /** Likeliest first. */
  top: v.array(probability),
  /** The token that does follow in the capture, with its place among all, counted from 1. */
  actual: v.optional(v.strictObject({ ...probability.entries, rank: count })),
  /** Bits. */
  entropy: v.number(),
});
export type Probabilities = v.InferOutput<typeof probabilitiesResult>;

const provenanceParams = v.strictObject({
  ...place,
  layer: v.optional(count),
  heads,
  /** The tokens to explain; the generated ones where it is absent. Not the first token, which nothing leads to. */
  tokens: v.optional(tokenSpan),
  withoutSink: v.optional(v.boolean(), true),
});
export type ProvenanceParams = v.InferInput<typeof provenanceParams>;
const weightedLine = v.strictObject({ line: count, weight: share });
const provenanceResult = v.strictObject({
  /** Lines of the sequence's text that have tokens: [from, to) and their place in the text. Special tokens are in none. */
  lines: v.array(v.strictObject({ from: count, to: count, start: count, end: count })),
  /** For each explained token: the row that predicted it, which is the one before it, rolled up by line. */
  tokens: v.array(
    v.strictObject({
      token: count,
      /** Natural logarithm of the token's probability. */
      logprob: v.number(),
      /** Indices into `lines`, heaviest first, `maxLinesOfToken` at most; lines without weight are left out. */
      lines: v.array(weightedLine),
    }),
  ),
  /** The mean over the explained tokens. */
  total: v.array(weightedLine),
});
export type Provenance = v.InferOutput<typeof provenanceResult>;

const causalParams = v.strictObject({
  capture: captureId,
  /** What is hidden from every token outside of it. Must lie before `target`. */
  hidden: tokenSpan,
  /** Whose probability is compared; the generated tokens where it is absent. */
  target: v.optional(tokenSpan),
  /** How many other spans of the same length are hidden for comparison; fewer where there is no room. */
  controls: v.optional(v.pipe(count, v.maxValue(100)), 19),
  seed: v.optional(count, 0),
});
export type CausalParams = v.InferInput<typeof causalParams>;
const causalResult = v.strictObject({
  /** Natural logarithm of the target's probability with everything in view. */
  logprob: v.number(),
  /** How much it changes when the span is hidden: negative where the model needed it. */
  delta: v.number(),
  /** The same for each control, and where it begins. */
  controlDeltas: float32Array,
  controlStarts: uint32Array,
  /** (controls that change it at least as far down + 1) / (controls + 1): a one-sided permutation test. */
  p: share,
  /** `causal`: p ≤ 0.05, and the target became less likely. `correlational`: weights alone speak for the span. */
  verdict: v.picklist(['causal', 'correlational']),
});
export type Causal = v.InferOutput<typeof causalResult>;

const recordParams = v.strictObject({
  capture: captureId,
  /** Checks that are made and recorded; others cannot be asked of a recording. */
  causal: v.optional(v.array(v.omit(causalParams, ['capture'])), []),
  /** Of the first stack's tokens, for its heads' scores. */
  relations: v.optional(v.array(relation), []),
  /** Layers whose whole maps go before those of others, where the file has no room for all. */
  layers: v.optional(v.array(count), []),
});
/** A file that answers what is asked of its capture without a model: `openRecording`. At most 16 MB. */
const recordResult = v.strictObject({ data: uint8Array });

const releaseParams = v.strictObject({ capture: captureId });

/**
 * A capture that was let go of, by `release` or because others needed its memory, answers `invalid`: capture again.
 * `thumbnails`, `release`, and `weights` and tiles of layers whose maps are kept, are answered within milliseconds, also
 * while a capture is under way; the others wait for their turn, and where maps are not kept, for another run.
 */
export const attentionMethods = {
  capture: { params: captureParams, result: captureResult, event: captureEvent },
  thumbnails: { params: thumbnailsParams, result: thumbnailsResult, event: v.never() },
  tile: { params: tileParams, result: tileResult, event: v.never() },
  weights: { params: weightsParams, result: weightsResult, event: v.never() },
  headScores: { params: headScoresParams, result: headScoresResult, event: v.never() },
  probabilities: { params: probabilitiesParams, result: probabilitiesResult, event: v.never() },
  provenance: { params: provenanceParams, result: provenanceResult, event: v.never() },
  causal: { params: causalParams, result: causalResult, event: v.never() },
  recordCapture: { params: recordParams, result: recordResult, event: v.never() },
  release: { params: releaseParams, result: v.strictObject({}), event: v.never() },
} as const;
