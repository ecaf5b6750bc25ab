/**
 * A decoder of LLaMA's form as its file describes it: sizes, and weights that are read when they are asked for.
 * Readers of files make it, `buildDecoder` makes a graph of it.
 */
import type { WeightMatrix } from './weightMatrix';

/** Cosines and sines of all positions are held in memory: longer contexts are refused. Tokens. */
export const maxContextLength = 2 ** 20;

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
  /** What a gate, or the numbers between two matrices without one, are bent by. */
  readonly activation: 'silu' | 'geluTanh';
  /** What token vectors are multiplied by: Gemma. */
  readonly embeddingScale?: number | undefined;
  /** What products of queries and keys are multiplied by; the size of a head to the power of −½ without it. */
  readonly attentionScale?: number | undefined;
  /** Products c are taken for limit · tanh(c / limit): Gemma 2, for attention and for logits. */
  readonly attentionLimit?: number | undefined;
  readonly logitLimit?: number | undefined;
  /** Layers whose attention looks back so many tokens at most, itself among them, and the base of their wavelengths: Gemma, Phi. */
  readonly window?: AttentionWindow | undefined;
  /** How a token's state is brought to a common size: by its root mean square, or by mean and variance (StarCoder2). */
  readonly norm: 'rootMeanSquare' | 'layer';
}

export interface AttentionWindow {
  readonly tokens: number;
  readonly ropeBase: number;
  readonly ropeFactors?: Float32Array | undefined;
  /** Of so many layers that follow one another, the last looks back all the way; without it none does. */
  readonly every?: number | undefined;
}

/** The window of a layer; `undefined` where it looks back all the way. */
export const windowOf = (layer: number, window: AttentionWindow | undefined): AttentionWindow | undefined =>
  window?.every !== undefined && (layer + 1) % window.every === 0 ? undefined : window;

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
  /** Of what attention puts out, and of what the last matrix does, before they are added: Gemma 2 and 3. */
  readonly afterAttentionNorm?: Float32Array | undefined;
  readonly afterMlpNorm?: Float32Array | undefined;
  readonly mlpNorm: Float32Array;
  readonly mlpNormBias?: Float32Array | undefined;
  /** Absent where there is none, and GELU stands between the two matrices: StarCoder2. */
  readonly gate?: WeightMatrix | undefined;
  readonly gateBias?: Float32Array | undefined;
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
