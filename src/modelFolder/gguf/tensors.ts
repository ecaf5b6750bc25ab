/** Reads the weights of a GGUF file as float32, a few rows at a time. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { invalid } from '../layouts/files';
import { readWhole } from '../weightMatrix';
import type { WeightMatrix } from '../weightMatrix';
import { readGgufHeader } from './header';
import type { GgufFile, GgufTensor } from './header';
import type { TensorType } from './tensorTypes';
import { errorMessage } from '../../common/errorMessage';

/** Values read at once, unless rows that belong together are more. */
const stripeValues = 1 << 20;

export class GgufTensors {
  readonly #taken = new Set<string>();

  private constructor(
    readonly file: GgufFile,
    private readonly handle: FileHandle,
  ) {}

  /** @throws {EngineError} as `readGgufHeader` does */
  static async open(path: string): Promise<GgufTensors> {
    const file = await readGgufHeader(path);
    return new GgufTensors(file, await open(file.path));
  }

  close(): Promise<void> {
    return this.handle.close();
  }

  has(name: string): boolean {
    return this.file.tensors.has(name);
  }

  /**
   * @param together how many rows no stripe parts; divides the number of rows
   * @throws {EngineError} `modelInvalid` where the file has no such matrix, or one of another shape or an unknown format
   */
  matrix(name: string, rows: number, columns: number, together = 1): WeightMatrix {
    const { offset, type } = this.#find(name, [rows, columns]);
    const { handle } = this;
    const damaged = (what: string) =>
      invalid(`The tensor ${name} of ${this.file.path} ${what}; download or copy it again.`);
    return {
      name,
      rows,
      columns,
      async *stripes() {
        const step = Math.max(1, Math.floor(stripeValues / (columns * together))) * together;
        const rowBytes = (columns / type.blockLength) * type.blockBytes;
        for (let row = 0; row < rows; row += step) {
          const count = Math.min(step, rows - row);
          const bytes = Buffer.alloc(count * rowBytes);
          await readFully(handle, bytes, offset + row * rowBytes).catch((cause: unknown) => {
            throw damaged(`cannot be read (${errorMessage(cause)})`);
          });
          const values = new Float32Array(count * columns);
          type.dequantize(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), values);
          if (!values.every(Number.isFinite)) throw damaged('holds a number that is not finite');
          yield values;
        }
      },
    };
  }

  /** The whole of a tensor of one dimension. @throws {EngineError} as `matrix` does */
  vector(name: string, length: number): Promise<Float32Array> {
    this.#find(name, [length]);
    return readWhole(this.matrix(name, 1, length));
  }

  /** The first tensor that has not been asked for. */
  get untaken(): string | undefined {
    return [...this.file.tensors.keys()].find((name) => !this.#taken.has(name));
  }

  #find(name: string, shape: readonly number[]): GgufTensor & { readonly type: TensorType } {
    const { path, tensors } = this.file;
    const tensor = tensors.get(name);
    if (!tensor)
      throw invalid(`The GGUF file ${path} has no tensor ${name}; choose a model of a family that is understood.`);
    if (!tensor.type)
      throw invalid(
        `The tensor ${name} of ${path} is stored as ${tensor.typeName}, which is not understood; choose a file in another format.`,
      );
    const { type } = tensor;
    if (shape.reduce((a, b) => a * b) !== tensor.shape.reduce((a, b) => a * b) || shape.at(-1) !== tensor.shape.at(-1))
      throw invalid(
        `The tensor ${name} of ${path} has the shape ${tensor.shape.join(' × ')} instead of ${shape.join(' × ')}; download or copy it again.`,
      );
    this.#taken.add(name);
    return { ...tensor, type };
  }
}

async function readFully(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw new Error('the file has become shorter');
    done += bytesRead;
  }
}
