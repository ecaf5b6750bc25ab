/**
 * A decoder of LLaMA's form as its file describes it: sizes, and weights that are read when they are asked for.
 * Readers of files make it, `buildDecoder` makes a graph of it.
 */
import type { WeightMatrix } from './weightMatrix';

/** Sizes that a graph is built by. */
export interface DecoderShape {
  readonly vocabularySize: number;
  /** Numbers in a token's state. */
  readonly width: number;
  readonly layers: number;
  /** Query heads of a layer, and heads of keys and values, each of which serves as many of them. */
  readonly heads: number;
  readonly kvHeads: number;
  readonly headSize: number;
  /** Numbers between the two matrices behind attention. */
  readonly hidden: number;
  /** Tokens. */
  readonly contextLength: number;
  /** Base of the wavelengths by which positions are rotated into queries and keys (Su et al., RoFormer). */
  readonly ropeBase: number;
  /** What each of the headSize / 2 frequencies is divided by, where the context was stretched (LLaMA 3). */
  readonly ropeFactors?: Float32Array | undefined;
  readonly normEpsilon: number;
  /** How a token's state is brought to a common size: by its root mean square, or by mean and variance (StarCoder2). */
  readonly norm: 'rootMeanSquare' | 'layer';
}

/** Matrices are [out, in], as PyTorch's `Linear` has them. Rotation pairs a number with the one half a head further on. */
export interface DecoderLayer {
  readonly attentionNorm: Float32Array;
  /** Of layer normalisation: StarCoder2. */
  readonly attentionNormBias?: Float32Array | undefined;
  readonly query: WeightMatrix;
  readonly key: WeightMatrix;
  readonly value: WeightMatrix;
  /** Qwen2, StarCoder2. */
  readonly queryBias?: Float32Array | undefined;
  readonly keyBias?: Float32Array | undefined;
  readonly valueBias?: Float32Array | undefined;
  /** [headSize], applied to each head before it is rotated: Qwen3. */
  readonly queryNorm?: Float32Array | undefined;
  readonly keyNorm?: Float32Array | undefined;
  readonly output: WeightMatrix;
  readonly outputBias?: Float32Array | undefined;
  readonly mlpNorm: Float32Array;
  readonly mlpNormBias?: Float32Array | undefined;
  /** Absent where there is none, and GELU stands between the two matrices: StarCoder2. */
  readonly gate?: WeightMatrix | undefined;
  readonly up: WeightMatrix;
  readonly upBias?: Float32Array | undefined;
  readonly down: WeightMatrix;
  readonly downBias?: Float32Array | undefined;
}

export interface DecoderWeights {
  readonly shape: DecoderShape;
  /** [vocabulary, width] */
  readonly embedding: WeightMatrix;
  /** [vocabulary, width]; absent where the embedding serves as the head too. */
  readonly head?: WeightMatrix | undefined;
  readonly norm: Float32Array;
  readonly normBias?: Float32Array | undefined;
  readonly layers: readonly DecoderLayer[];
}
