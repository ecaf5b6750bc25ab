/** A LLaMA-like decoder with tied embeddings and grouped attention; every size counts values, not bytes. */
export interface DecoderShape {
  readonly layers: number;
  readonly hidden: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly feedForward: number;
  readonly vocabulary: number;
  readonly contextLength: number;
  readonly rotationBase: number;
  readonly normEpsilon: number;
}

const usual = { rotationBase: 10_000, normEpsilon: 1e-5 };

/** Small enough to be made in a unit test. */
export const tiny: DecoderShape = {
  ...usual,
  layers: 2,
  hidden: 64,
  heads: 4,
  keyValueHeads: 2,
  headSize: 16,
  feedForward: 128,
  vocabulary: 160,
  contextLength: 256,
};

/** Large enough for runs that can be interrupted in the middle, small enough to be made in a second: 20 million weights. */
export const middling: DecoderShape = {
  ...usual,
  layers: 8,
  hidden: 512,
  heads: 8,
  keyValueHeads: 2,
  headSize: 64,
  feedForward: 1024,
  vocabulary: 2048,
  contextLength: 1024,
};

/** 135 million weights. */
export const m135: DecoderShape = {
  ...usual,
  layers: 30,
  hidden: 576,
  heads: 9,
  keyValueHeads: 3,
  headSize: 64,
  feedForward: 1536,
  vocabulary: 49_152,
  contextLength: 2048,
};

/** 0.5 billion weights. */
export const m500: DecoderShape = {
  ...usual,
  layers: 24,
  hidden: 896,
  heads: 14,
  keyValueHeads: 2,
  headSize: 64,
  feedForward: 4864,
  vocabulary: 151_936,
  contextLength: 2048,
};
