/**
 * Writes the weights of a graph that is being built into a file beside it, one after another as they are made, so that
 * neither memory nor the 2 GiB that an ONNX file can have limit a model.
 */
import { create } from '@bufbuild/protobuf';
import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { StringStringEntryProtoSchema, DataLocation, TensorProtoSchema } from '../onnx';
import type { TensorProto, DataType } from '../onnx';

/** Kernels that read mapped weights want them to begin at such a multiple. Bytes. */
const alignment = 64;

export class WeightWriter {
  #end = 0;

  private constructor(
    private readonly handle: FileHandle,
    private readonly location: string,
  ) {}

  /** @param path of the file to make, in the folder of the graph */
  static async create(path: string): Promise<WeightWriter> {
    return new WeightWriter(await open(path, 'wx'), basename(path));
  }

  /**
   * Writes one tensor.
   *
   * @param pieces its values, one piece behind another
   * @returns the tensor as the graph names it
   */
  async write(
    name: string,
    dataType: DataType,
    dims: readonly number[],
    pieces: AsyncIterable<ArrayBufferView> | Iterable<ArrayBufferView>,
  ): Promise<TensorProto> {
    await this.#append(new Uint8Array((alignment - (this.#end % alignment)) % alignment));
    const offset = this.#end;
    for await (const piece of pieces) await this.#append(piece);
    const entries = { location: this.location, offset: String(offset), length: String(this.#end - offset) };
    return create(TensorProtoSchema, {
      name,
      dataType,
      dims: dims.map(BigInt),
      dataLocation: DataLocation.EXTERNAL,
      externalData: Object.entries(entries).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value })),
    });
  }

  async close(): Promise<void> {
    await this.handle.sync();
    await this.handle.close();
  }

  async #append(view: ArrayBufferView): Promise<void> {
    const bytes = Buffer.from(view.buffer, view.byteOffset, view.byteLength);
    await this.handle.writeFile(bytes);
    this.#end += bytes.length;
  }
}
