/**
 * Merges a low-rank adapter (Hu et al. 2021, "LoRA", arXiv:2106.09685) into the weights that an encoder's graph is built from.
 * Used by `assembleEncoder`. The file is described and written by models/training/encoder/file.py; nothing of it is left in the
 * model that is made, so that a merged model is as fast as its base.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { invalid } from '../../modelFolder/layouts/files';
import { SafetensorsFile } from '../../modelFolder/safetensors/safetensorsFile';
import type { ReadTensor } from '../graphs/build/encoderWriter';

const format = 'glassbox-encoder-adapter-1';

export class LowRankAdapter {
  /** Names of the tensors that were merged. */
  readonly #used = new Set<string>();

  private constructor(
    private readonly path: string,
    private readonly file: SafetensorsFile,
  ) {}

  /**
   * @param path of the adapter
   * @param weights path of the safetensors file that it has to have been trained on
   * @throws {EngineError} `modelMissing` or `modelInvalid`, where it is no adapter, or one of other weights
   */
  static async open(path: string, weights: string): Promise<LowRankAdapter> {
    const file = await SafetensorsFile.open(path);
    try {
      const refuse = (what: string) => {
        throw invalid(`${basename(path)} ${what}; use the adapter that was trained for this model.`);
      };
      const stated = file.metadata.get('format');
      if (stated !== format) refuse(`has the format ${stated ?? 'of no adapter'} instead of ${format}`);
      const sha256 = createHash('sha256');
      await pipeline(createReadStream(weights, { highWaterMark: 1 << 20 }), sha256);
      if (file.metadata.get('base_sha256') !== sha256.digest('hex'))
        refuse(`was trained on other weights than those in ${weights}`);
      return new LowRankAdapter(path, file);
    } catch (cause) {
      await file.close();
      throw cause;
    }
  }

  /**
   * What gives a tensor as `read` does, with the adapter's change in it where there is one: W + b·a.
   * The function that is returned throws what `read` throws, and an EngineError `modelInvalid` where the adapter's matrices have
   * other shapes.
   */
  merging(read: ReadTensor): ReadTensor {
    return async (name, shape) => {
      const values = await read(name, shape);
      const matrix = name.replace(/\.weight$/, '');
      const rank = this.file.tensors.get(`${matrix}.a`)?.shape[0];
      const [rows, columns] = shape;
      if (rank === undefined || rows === undefined || columns === undefined) return values;
      const [a, b] = [await this.#read(`${matrix}.a`, [rank, columns]), await this.#read(`${matrix}.b`, [rows, rank])];
      addProduct(values, b, a, rank);
      return values;
    };
  }

  /** @throws {EngineError} `modelInvalid` where the adapter changes matrices that the model does not have */
  checkUsed(): void {
    const left = [...this.file.tensors.keys()].find((name) => !this.#used.has(name));
    if (left !== undefined)
      throw invalid(
        `${basename(this.path)} holds ${left}, for which the model has no matrix; use the adapter that was trained for this model.`,
      );
  }

  close(): Promise<void> {
    return this.file.close();
  }

  #read(name: string, shape: readonly number[]): Promise<Float32Array> {
    this.#used.add(name);
    return this.file.read(name, shape);
  }
}

/**
 * W + b·a, in place. Sums are float64, from the first rank to the last, and rounded once: the same bytes on every machine.
 *
 * @param values W, [rows, columns]
 * @param b [rows, rank]
 * @param a [rank, columns]
 */
export function addProduct(values: Float32Array, b: Float32Array, a: Float32Array, rank: number): void {
  const columns = a.length / rank;
  const row = new Float64Array(columns);
  for (let start = 0, at = 0; start < values.length; start += columns, at += rank) {
    row.fill(0);
    for (let r = 0; r < rank; r++) {
      const factor = b[at + r] as number;
      for (let column = 0; column < columns; column++)
        row[column] = (row[column] as number) + factor * (a[r * columns + column] as number);
    }
    for (let column = 0; column < columns; column++)
      values[start + column] = (values[start + column] as number) + (row[column] as number);
  }
}
