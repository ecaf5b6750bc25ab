/** Reads the weights of a GGUF file as float32, a few rows at a time. */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { invalid } from '../layouts/files';
import { readWhole, stackedMatrices, storedBlockLength } from '../weightMatrix';
import type { WeightMatrix } from '../weightMatrix';
import { readGgufHeader } from './header';
import type { GgufFile, GgufTensor } from './header';
import type { TensorType } from './tensorTypes';
import { errorMessage } from '../../common/errorMessage';

/** Values read at once, unless rows that belong together are more. */
const stripeValues = 1 << 18;

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
   * @param headSize where the rows of heads of this size are stored for rotation of neighbours: they are put back into the order
   *   for rotation of halves, see {@link withPairsApart}
   * @throws {EngineError} `modelInvalid` where the file has no such matrix, or one of another shape or an unknown format
   */
  matrix(name: string, rows: number, columns: number, headSize?: number): WeightMatrix {
    return this.#matrix(this.#find(name, [rows, columns]), { from: 0, rows, columns, headSize });
  }

  /** Matrices that lie in one tensor, the rows of one behind those of another. @throws {EngineError} as `matrix` does */
  stacked<const Rows extends readonly number[]>(
    name: string,
    rows: Rows,
    columns: number,
  ): { [Part in keyof Rows]: WeightMatrix } {
    const found = this.#find(name, [rows.reduce((sum, count) => sum + count, 0), columns]);
    return stackedMatrices(rows, (from, count) => this.#matrix(found, { from, rows: count, columns }));
  }

  #matrix({ name, offset: start, type }: FoundTensor, { from, rows, columns, headSize }: RowRange): WeightMatrix {
    const rowBytes = (columns / type.blockLength) * type.blockBytes;
    const offset = start + from * rowBytes;
    const place = { name, rows, rowBytes, offset, together: headSize ?? 1, atOnce: Math.floor(stripeValues / columns) };
    const read = () => this.#rows(place, (bytes) => (headSize ? withPairsApart(bytes, rowBytes, headSize) : bytes));
    const finite = (values: Float32Array): Float32Array => {
      if (!allFinite(values)) throw this.#damaged(name, 'holds a number that is not finite');
      return values;
    };
    const { codes } = type;
    return {
      name,
      rows,
      columns,
      async *stripes() {
        for await (const bytes of read()) {
          const values = new Float32Array((bytes.length / type.blockBytes) * type.blockLength);
          type.dequantize(viewOf(bytes), values);
          yield finite(values);
        }
      },
      ...(codes && {
        blocks: {
          bits: codes.bits,
          hasOffsets: codes.hasOffsets,
          async *stripes() {
            for await (const bytes of read()) {
              const values = (bytes.length / type.blockBytes) * type.blockLength;
              const [scales, offsets] = [0, 0].map(() => new Float32Array(values / storedBlockLength)) as Pair;
              const into = { codes: new Uint8Array((values * codes.bits) / 8), scales, offsets };
              codes.unpack(viewOf(bytes), into);
              finite(scales);
              finite(offsets);
              yield codes.hasOffsets ? into : { codes: into.codes, scales };
            }
          },
        },
      }),
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

  /** The bytes of whole rows, some rows at a time. */
  async *#rows(
    { name, rows, rowBytes, offset, together, atOnce }: RowPlace,
    ordered: (bytes: Buffer) => Buffer,
  ): AsyncGenerator<Buffer> {
    const step = Math.max(1, Math.floor(atOnce / together)) * together;
    for (let row = 0; row < rows; row += step) {
      const bytes = Buffer.alloc(Math.min(step, rows - row) * rowBytes);
      await readFully(this.handle, bytes, offset + row * rowBytes).catch((cause: unknown) => {
        throw this.#damaged(name, `cannot be read (${errorMessage(cause)})`);
      });
      yield ordered(bytes);
    }
  }

  #damaged(name: string, what: string): Error {
    return invalid(`The tensor ${name} of ${this.file.path} ${what}; download or copy it again.`);
  }

  #find(name: string, shape: readonly number[]): FoundTensor {
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

type FoundTensor = GgufTensor & { readonly type: TensorType };

/** Some rows of a tensor. */
interface RowRange {
  readonly from: number;
  readonly rows: number;
  readonly columns: number;
  readonly headSize?: number | undefined;
}

type Pair = [Float32Array, Float32Array];

interface RowPlace {
  readonly name: string;
  readonly rows: number;
  readonly rowBytes: number;
  /** Of the first row in the file. Bytes. */
  readonly offset: number;
  /** So many rows are never parted; divides their number. */
  readonly together: number;
  /** Rows read at once, unless those that belong together are more. */
  readonly atOnce: number;
}

/**
 * Puts the rows of each head, none of which is parted, back from the order for rotation of neighbours (row 2·i with row 2·i + 1)
 * to that for rotation of halves (row i with row i + headSize / 2): the inverse of `permute` in convert_hf_to_gguf.py.
 */
function withPairsApart(stored: Buffer, rowBytes: number, headSize: number): Buffer {
  const half = headSize / 2;
  const ordered = Buffer.alloc(stored.length);
  for (let row = 0; row < stored.length / rowBytes; row++) {
    const inHead = row % headSize;
    const from = row - inHead + (inHead < half ? 2 * inHead : 2 * (inHead - half) + 1);
    stored.copy(ordered, row * rowBytes, from * rowBytes, (from + 1) * rowBytes);
  }
  return ordered;
}

const viewOf = ({ buffer, byteOffset, length }: Buffer): DataView => new DataView(buffer, byteOffset, length);

function allFinite(values: Float32Array): boolean {
  for (const value of values) if (!Number.isFinite(value)) return false;
  return true;
}

async function readFully(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesRead } = await handle.read(bytes, done, bytes.length - done, position + done);
    if (bytesRead === 0) throw new Error('the file has become shorter');
    done += bytesRead;
  }
}
