/**
 * A capture as a file, and answers to what is asked of it without a model. Nothing here needs Node: a page opens it by
 * itself, and asks with the same methods and parameters as an engine is asked with.
 */
import { EngineError } from '../ipc/engine/errors';
import type {
  CaptureDescription,
  CapturedStack,
  Causal,
  CausalParams,
  HeadScores,
  HeadScoresParams,
  Probabilities,
  Provenance,
  ProvenanceParams,
  Thumbnails,
  Tile,
  TileParams,
  TokenSpan,
  AttentionWeights,
  WeightsParams,
} from '../ipc/engine/messages/attention';
import { cellCount, WeightMap } from './weightMap';
import { unpack } from './typedArrayFile';
import { provenance } from './provenance';
import { weightOf } from './quantize';
import { isSimilarity, similarityVersion } from './similarityRecording';
import type { SimilarityRecording } from './similarityRecording';
import { thumbnails, Tiles, weights } from './tiles';
import { StackData } from './stack';
import type { CoarseLayer, Overall } from './stack';
import { missingLayer } from './summary';

/**
 * A recording has the lowest version that can say what is in it, and is opened by everything that understands this
 * version or a later one: 1 is of attention, 2 of a similarity, 3 of attention where not all layers have whole maps.
 */
export const recordingVersion = 1;
export const partialVersion = 3;
const newestVersion = Math.max(recordingVersion, similarityVersion, partialVersion);

/** Cells along a side of the largest thumbnail of version 3: as many as a grid of heads shows. */
export const recordedThumbnail = 64;

/** What `record` has written. */
export interface Recording {
  readonly version: number;
  /** Name of the model folder. */
  readonly model: string;
  readonly description: CaptureDescription;
  readonly generatedFrom: number;
  readonly stacks: readonly RecordedStack[];
  /** Of each token of the last sequence, the first one's NaN; empty where the model predicts nothing. */
  readonly logprobs: Float32Array;
  /** What is likeliest to follow each token of the last sequence. */
  readonly probabilities: readonly Probabilities[];
  readonly causal: readonly RecordedCheck[];
}

export interface RecordedStack {
  /** The maps of all heads of the layers that are kept, one behind the other, as `WeightMap` holds them. */
  readonly maps: Uint8Array;
  /** [layers·heads, columns]; absent where values cannot be weighed. */
  readonly valueNorms?: Float32Array;
  /** With the relations that follow from the tokens alone; absent where not all maps are kept. */
  readonly scores?: HeadScores;
  /** From version 3 on: what there is of the layers without whole maps, [those layers·heads, …]. */
  readonly coarse?: CoarseLayer;
  /** From version 3 on: summaries of all layers' heads, as `WeightMap` holds them. */
  readonly overall?: Partial<Record<Overall, Uint8Array>>;
}

export interface RecordedCheck {
  readonly hidden: TokenSpan;
  readonly target: TokenSpan;
  readonly result: Causal;
}

/** Parameters as the engine takes them, without the capture, of which there is one. */
type Asked<T> = Omit<T, 'capture'>;

/** A recording that was opened. */
export class RecordedCapture {
  readonly stacks: readonly StackData[];
  readonly #tiles = new Tiles();

  /** @throws {EngineError} `invalid` where the recording does not fit together */
  constructor(readonly recording: Recording) {
    this.stacks = recording.description.stacks.map((stack, at) => restore(recording, stack, recording.stacks[at]));
  }

  get description(): CaptureDescription {
    return this.recording.description;
  }

  thumbnails(params: { stack?: number; layer?: number | undefined; size: number; kind: 'mean' | 'max' }): Thumbnails {
    return thumbnails(this.#stack(params.stack), params);
  }

  tile(params: Asked<TileParams>): Tile {
    return this.#tiles.tile(this.description.capture, params.stack ?? 0, this.#whole(params), params);
  }

  weights(params: Asked<WeightsParams>): AttentionWeights {
    return weights(this.#whole(params), { ...params, withoutSink: params.withoutSink ?? false });
  }

  /** Relations that were not there when it was recorded are not scored. */
  headScores({ stack = 0 }: Pick<HeadScoresParams, 'stack'>): HeadScores {
    const scores = this.recording.stacks[stack]?.scores;
    if (!scores) throw invalid('The heads of this recording were not scored.');
    return scores;
  }

  probabilities({ position, top }: { position: number; top: number }): Probabilities {
    const found = this.recording.probabilities[position];
    if (!found) throw invalid(`There is no token ${position} in this recording whose successors were calculated.`);
    return { ...found, top: found.top.slice(0, top) };
  }

  provenance(params: Asked<ProvenanceParams>): Provenance {
    const { description, logprobs, generatedFrom } = this.recording;
    const tokens = params.tokens ?? { from: generatedFrom, to: logprobs.length };
    if (tokens.from < 1 || tokens.from >= tokens.to || tokens.to > logprobs.length)
      throw invalid(`There are no tokens ${tokens.from} to ${tokens.to} to explain.`);
    return provenance({ sequences: description.sequences, logprobs }, this.#whole(params), {
      ...params,
      tokens,
      withoutSink: params.withoutSink ?? true,
    });
  }

  causal({ hidden, target }: Pick<CausalParams, 'hidden' | 'target'>): Causal {
    const { causal, generatedFrom, logprobs } = this.recording;
    const wanted = target ?? { from: generatedFrom, to: logprobs.length };
    const same = (a: TokenSpan, b: TokenSpan) => a.from === b.from && a.to === b.to;
    const found = causal.find((check) => same(check.hidden, hidden) && same(check.target, wanted));
    if (!found) throw invalid('This check was not made when the capture was recorded; it needs the model.');
    return found.result;
  }

  /** The stack, where it has what is asked of it. */
  #whole({ stack: at, layer, heads }: Pick<TileParams, 'stack' | 'layer' | 'heads'>): StackData {
    const stack = this.#stack(at);
    const missing = missingLayer(stack, { layer, heads });
    if (missing === undefined) return stack;
    const there = stack.kept.flatMap((isKept, one) => (isKept ? [one + 1] : []));
    const rest = there.length === 0 ? 'of no layer' : `of layers ${there.join(', ')} only`;
    throw invalid(`The map of layer ${missing + 1} is not in this recording, which has room for whole maps ${rest}.`);
  }

  #stack(at = 0): StackData {
    const stack = this.stacks[at];
    if (!stack) throw invalid(`The recording has no stack ${at}.`);
    return stack;
  }
}

/** @throws {EngineError} `invalid` where the bytes are no recording, or one of a version that is not known yet */
export function openRecording(file: Uint8Array): RecordedCapture | SimilarityRecording {
  const recording = unpack(file);
  const version =
    typeof recording === 'object' && recording !== null && 'version' in recording ? recording.version : undefined;
  if (typeof version === 'number' && version > newestVersion)
    throw invalid(`The recording has version ${version}, but versions up to ${newestVersion} are understood.`);
  if (isSimilarity(recording)) return recording;
  if (!isRecording(recording)) throw invalid('This file is packed like a recording, but holds something else.');
  return new RecordedCapture(recording);
}

/** @throws {EngineError} as `openRecording`, and where it is not of attention */
export function openCapture(file: Uint8Array): RecordedCapture {
  const opened = openRecording(file);
  if (!(opened instanceof RecordedCapture))
    throw invalid('This recording is of a similarity: there is no attention in it.');
  return opened;
}

/** Fills a stack with its own bytes again: everything else follows from them. */
function restore({ description }: Recording, stack: CapturedStack, recorded: RecordedStack | undefined): StackData {
  const { kind, queries, keys, layers, heads, causal, kept, valueWeighted } = stack;
  const lengthOf = (sequence: number) => description.sequences[sequence]?.ids.length ?? 0;
  const shape = { kind, queries, keys, layers, heads, causal, rows: lengthOf(queries), columns: lengthOf(keys) };
  const cells = cellCount(shape);
  const data = new StackData(shape, kept, valueWeighted, recorded?.coarse && recordedThumbnail);
  if (recorded?.maps.length !== cells * heads * kept.filter(Boolean).length)
    throw invalid('The recording has fewer or more weights than it says.');
  if (recorded.valueNorms) data.valueNorms?.set(recorded.valueNorms);
  let at = 0;
  const line = new Float32Array(heads * shape.columns);
  for (const [layer, isKept] of kept.entries()) {
    if (!isKept) continue;
    const maps = Array.from(
      { length: heads },
      (_, head) => new WeightMap(shape, recorded.maps.subarray(at + head * cells, at + (head + 1) * cells)),
    );
    at += heads * cells;
    for (let row = 0; row < shape.rows; row++) {
      for (const [head, map] of maps.entries()) {
        const bytes = map.row(row);
        const first = head * shape.columns;
        for (let column = 0; column < bytes.length; column++)
          line[first + column] = weightOf[bytes[column] as number] as number;
      }
      data.add(layer, { weights: line, first: row, rows: 1, columns: shape.columns });
    }
  }
  if (recorded.coarse) restoreCoarse(data, recorded.coarse);
  for (const [aggregate, map] of Object.entries(recorded.overall ?? {})) {
    if (map.length !== cells) throw invalid('The recording has a summary of another size than its maps.');
    data.overall.set(aggregate as Overall, new WeightMap(shape, map));
  }
  return data;
}

/** Fills the layers that have no whole maps. */
function restoreCoarse(data: StackData, { max, mean, sinkShares }: CoarseLayer): void {
  const { heads } = data.shape;
  const layers = data.kept.flatMap((isKept, layer) => (isKept ? [] : [layer]));
  const size = heads * data.coarseWidth * data.coarseHeight;
  if ([max, mean].some(({ length }) => length !== layers.length * size) || sinkShares.length !== layers.length * heads)
    throw invalid('The recording has fewer or more thumbnails than it says.');
  for (const [at, layer] of layers.entries())
    data.addCoarse(layer, {
      max: max.subarray(at * size, (at + 1) * size),
      mean: mean.subarray(at * size, (at + 1) * size),
      sinkShares: sinkShares.subarray(at * heads, (at + 1) * heads),
    });
}

function isRecording(value: unknown): value is Recording {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'version' in value &&
    (value.version === recordingVersion || value.version === partialVersion) &&
    'description' in value &&
    'stacks' in value &&
    'logprobs' in value &&
    value.logprobs instanceof Float32Array
  );
}

const invalid = (message: string): EngineError => new EngineError('invalid', message);
