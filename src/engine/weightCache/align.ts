/**
 * Copies a graph saved with packed weights so that every piece of weights is aligned to 64 bytes, as the kernels need;
 * used by `make.ts`.
 */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { open, readFile, writeFile } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { ModelProtoSchema } from '../graphs/onnx';
import type { GraphProto, TensorProto } from '../graphs/onnx';
import { entryFiles } from './entry';
import type { FileChecksum } from './entry';

/** Kernels align the memory that they pack into by themselves, to 32 or 64 bytes: what is mapped has to begin the same way. */
const alignment = 64;
/** Bytes copied at once. */
const pieceBytes = 1 << 20;

/**
 * Copies a graph that ONNX Runtime has saved with its packed weights, so that every piece of the weights begins at a
 * multiple of 64 bytes. ONNX Runtime itself aligns pieces of more than a megabyte only, but its kernels look for
 * the weights behind the next aligned address: at any other they take the wrong bytes, and calculate with those.
 *
 * @param from folder of `model.onnx` and `weights.bin` @param to the folder of the copy
 * @throws {Error} where the graph is of a form that is not understood, or the disk fails
 */
export async function alignWeights(
  from: string,
  to: string,
): Promise<{ readonly graph: FileChecksum; readonly weights: FileChecksum }> {
  const model = fromBinary(ModelProtoSchema, await readFile(join(from, entryFiles.graph)));
  if (!model.graph || hasBranches(model.graph)) throw new Error('graphs with branches are not packed');
  const source = await open(join(from, entryFiles.weights));
  try {
    const target = await open(join(to, entryFiles.weights), 'wx');
    try {
      const copy = new AlignedCopy(source, target);
      for (const tensor of model.graph.initializer) await moveTensor(tensor, copy);
      await target.sync();
      const bytes = toBinary(ModelProtoSchema, model);
      await writeFile(join(to, entryFiles.graph), bytes, { flag: 'wx', flush: true });
      return { graph: { bytes: bytes.length, crc32: crc32(bytes) }, weights: copy.content };
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

const hasBranches = ({ node }: GraphProto): boolean =>
  node.some(({ attribute }) => attribute.some(({ g, graphs }) => g !== undefined || graphs.length > 0));

/** Entries are `offset`, `length`, and `prepacked_N`: a name, and `offset;length;checksum` of each piece behind a bar. */
async function moveTensor({ externalData }: TensorProto, copy: AlignedCopy): Promise<void> {
  const offset = externalData.find(({ key }) => key === 'offset');
  const length = externalData.find(({ key }) => key === 'length');
  if (offset && length) offset.value = String(await copy.move(Number(offset.value), Number(length.value)));
  for (const entry of externalData.filter(({ key }) => key.startsWith('prepacked'))) {
    const [name = '', ...pieces] = entry.value.split('|');
    const moved: string[] = [];
    for (const piece of pieces) {
      const [start, bytes, ...rest] = piece.split(';');
      moved.push([await copy.move(Number(start), Number(bytes)), bytes, ...rest].join(';'));
    }
    entry.value = [name, ...moved].join('|');
  }
}

class AlignedCopy {
  readonly #piece = Buffer.alloc(pieceBytes);
  /** Weights that several kernels have packed the same way lie in the file once. */
  readonly #moved = new Map<string, number>();
  #end = 0;
  #sum = 0;

  constructor(
    private readonly source: FileHandle,
    private readonly target: FileHandle,
  ) {}

  get content(): FileChecksum {
    return { bytes: this.#end, crc32: this.#sum };
  }

  /** @returns where the bytes lie now */
  async move(offset: number, length: number): Promise<number> {
    const key = `${offset} ${length}`;
    const known = this.#moved.get(key);
    if (known !== undefined) return known;
    await this.#write(Buffer.alloc((alignment - (this.#end % alignment)) % alignment));
    const start = this.#end;
    for (let done = 0; done < length;) {
      const { bytesRead } = await this.source.read(this.#piece, 0, Math.min(pieceBytes, length - done), offset + done);
      if (bytesRead === 0) throw new Error('the saved weights are shorter than the graph says');
      await this.#write(this.#piece.subarray(0, bytesRead));
      done += bytesRead;
    }
    this.#moved.set(key, start);
    return start;
  }

  async #write(bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    await this.target.writeFile(bytes);
    this.#sum = crc32(bytes, this.#sum);
    this.#end += bytes.length;
  }
}
