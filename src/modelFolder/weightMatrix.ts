/**
 * The interface of a weight matrix that is read in stripes, wherever it is stored; used by the GGUF reader and the
 * graph writer, so that no whole model is held in memory.
 */

/** A matrix of a model's weights, wherever it is stored: graphs are built from it without holding a whole model in memory. */
export interface WeightMatrix {
  /** For messages. */
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /**
   * All rows in order, some at a time: [count, columns]. What is given is the caller's until it asks for the next.
   *
   * @throws {EngineError} `modelInvalid` where the file is damaged, or a value is no finite number
   */
  stripes(): AsyncIterable<Float32Array>;
  /** The same as it is stored, where that is codes with a scale, or a scale and an offset, for each block. */
  readonly blocks?: StoredBlocks | undefined;
}

/** Values of a block of {@link StoredBlocks}. */
export const storedBlockLength = 32;

/** Codes of a matrix as its file has them: value = (code − 2^(bits−1)) · scale, or code · scale + offset where there are offsets. */
export interface StoredBlocks {
  readonly bits: 4 | 8;
  /** Whether each block has an offset; with 4 bits only. */
  readonly hasOffsets?: boolean | undefined;
  /** All rows in order, some at a time. What is given is the caller's. @throws {EngineError} as `WeightMatrix.stripes` does */
  stripes(): AsyncIterable<BlockCodes>;
}

export interface BlockCodes {
  /** [rows, columns / 2] of 4 bits, the earlier of two in the lower half; [rows, columns] of 8 bits. */
  readonly codes: Uint8Array;
  /** [rows, columns / {@link storedBlockLength}] */
  readonly scales: Float32Array;
  /** [rows, columns / {@link storedBlockLength}], where blocks have offsets. */
  readonly offsets?: Float32Array | undefined;
}

/** Blocks with an offset each. */
export type OffsetBlocks = Required<{ [Part in keyof BlockCodes]: NonNullable<BlockCodes[Part]> }>;

/** The whole matrix [rows, columns]. */
export async function readWhole(matrix: WeightMatrix): Promise<Float32Array> {
  const whole = new Float32Array(matrix.rows * matrix.columns);
  let end = 0;
  for await (const stripe of matrix.stripes()) {
    whole.set(stripe, end);
    end += stripe.length;
  }
  return whole;
}

/**
 * Matrices that lie in one tensor, the rows of one behind those of another.
 *
 * @param rows of each
 * @param part the matrix of `count` rows from row `first` on
 */
export function stackedMatrices<const Rows extends readonly number[]>(
  rows: Rows,
  part: (first: number, count: number) => WeightMatrix,
): { [Part in keyof Rows]: WeightMatrix } {
  let first = 0;
  return rows.map((count) => {
    const matrix = part(first, count);
    first += count;
    return matrix;
  }) as { [Part in keyof Rows]: WeightMatrix };
}
