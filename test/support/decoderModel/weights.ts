import type { DecoderShape } from './shape';

/** Weights that share one scale. */
export const blockSize = 32;

/** A matrix [rows, columns] of 4-bit weights: w = (nibble − 8) · scale of its block. */
export interface Matrix {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** One byte each, 0–15, row by row. */
  readonly nibbles: Uint8Array;
  /** One per block of a row, each a value that a half-precision float holds exactly. */
  readonly scales: Float32Array;
}

/** Deviation of the weights: what transformers start training with. */
const deviation = 0.02;
/** Deviation of a nibble drawn evenly from 0–15. */
const nibbleDeviation = 4.61;

/**
 * Random matrices of a decoder, one at a time since all of them at once are large. The same shape always gives the
 * same weights.
 */
export function* randomMatrices(shape: DecoderShape): Generator<Matrix> {
  const { hidden, heads, keyValueHeads, headSize, feedForward, vocabulary, layers } = shape;
  const random = fastRandom(1);
  const matrix = (name: string, rows: number, columns: number): Matrix => {
    const nibbles = new Uint8Array(rows * columns);
    for (let at = 0; at < nibbles.length; at++) nibbles[at] = random() >>> 28;
    // 1/1024 steps of a power of two are exact in half precision.
    const scales = Float32Array.from(
      { length: nibbles.length / blockSize },
      () => (1 + (random() >>> 22) / 1024) * 2 ** Math.round(Math.log2(deviation / nibbleDeviation) - 0.5),
    );
    return { name, rows, columns, nibbles, scales };
  };
  yield matrix('table', vocabulary, hidden);
  for (let layer = 0; layer < layers; layer++) {
    yield matrix(`${layer}.query`, heads * headSize, hidden);
    yield matrix(`${layer}.key`, keyValueHeads * headSize, hidden);
    yield matrix(`${layer}.value`, keyValueHeads * headSize, hidden);
    yield matrix(`${layer}.out`, hidden, heads * headSize);
    yield matrix(`${layer}.gate`, feedForward, hidden);
    yield matrix(`${layer}.up`, feedForward, hidden);
    yield matrix(`${layer}.down`, hidden, feedForward);
  }
}

/** 32 random bits per call: Marsaglia's xorshift. */
function fastRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
