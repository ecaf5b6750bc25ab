/**
 * Reads a safetensors file, one tensor at a time: no more of it is in memory than the tensor that is asked for. Used where
 * graphs are built from published weights. Never writes, and trusts nothing that the file says of itself.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import { bfloat16sToFloats, halvesToFloats } from '../../common/halfPrecision';
import { inOneLine } from '../../common/schemaIssue';
import { invalid } from '../layouts/files';
import { lengthBytes, maxHeaderBytes, parseHeader, parseMetadata } from './header';
import type { TensorPlace } from './header';

/** Values that are converted at once. */
const pieceValues = 1 << 19;

export class SafetensorsFile {
  private constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    /** The tensors by name. */
    readonly tensors: ReadonlyMap<string, TensorPlace>,
    /** What the file says beside them: texts by name. */
    readonly metadata: ReadonlyMap<string, string>,
    /** Where the data begins in the file. Bytes. */
    private readonly data: number,
  ) {}

  /**
   * Opens a file and checks its header.
   *
   * @throws {EngineError} `modelMissing` or `modelInvalid`, in one sentence that names the file
   */
  static async open(path: string): Promise<SafetensorsFile> {
    const file = await open(path).catch((cause: unknown) => {
      throw new EngineError('modelMissing', `The file ${path} cannot be read; copy the model again.`, { cause });
    });
    try {
      const { size } = await file.stat();
      const length = await readHeaderLength(file, size);
      const bytes = await readExactly(file, lengthBytes, length);
      const header = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      const tensors = parseHeader(header, size - lengthBytes - length);
      return new SafetensorsFile(path, file, tensors, parseMetadata(header), lengthBytes + length);
    } catch (cause) {
      await file.close();
      throw damaged(path, cause);
    }
  }

  /**
   * The values of a tensor of floats, row by row.
   *
   * @param shape what it has to have
   * @throws {EngineError} `modelInvalid` where the file has no such tensor, one of another shape or of integers, or a value is not finite
   */
  async read(name: string, shape: readonly number[]): Promise<Float32Array> {
    this.check(name, shape);
    return this.readPart(
      name,
      0,
      shape.reduce((product, size) => product * size, 1),
    );
  }

  /** @throws {EngineError} `modelInvalid` where the file has no such tensor of floats, or one of another shape */
  check(name: string, shape: readonly number[]): void {
    const place = this.#placeOf(name);
    if (place.shape.join() !== shape.join())
      throw this.#invalid(`has ${name} as [${place.shape.join(', ')}] instead of [${shape.join(', ')}]`);
    if (place.type !== 'F32' && place.type !== 'F16' && place.type !== 'BF16')
      throw this.#invalid(`has ${name} as ${place.type}, and only F32, F16 and BF16 are understood`);
  }

  /**
   * Some of the values of a tensor, which `check` has accepted, in the order in which they are stored.
   *
   * @param first number of the first value @param count of values
   * @throws {EngineError} as `read` does
   */
  async readPart(name: string, first: number, count: number): Promise<Float32Array> {
    const values = await this.#values(this.#placeOf(name), first, count).catch((cause: unknown) => {
      throw damaged(this.path, cause);
    });
    if (!allFinite(values)) throw this.#invalid(`holds a value in ${name} that is no finite number`);
    return values;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  #placeOf(name: string): TensorPlace {
    const place = this.tensors.get(name);
    if (place === undefined) throw this.#invalid(`has no tensor ${name}`);
    return place;
  }

  async #values({ type, start }: TensorPlace, first: number, count: number): Promise<Float32Array> {
    const width = type === 'F32' ? 4 : 2;
    const at = this.data + start + first * width;
    if (type === 'F32') return new Float32Array((await readExactly(this.file, at, count * width)).buffer);
    const toFloats = type === 'F16' ? halvesToFloats : bfloat16sToFloats;
    const values = new Float32Array(count);
    for (let done = 0; done < count; done += pieceValues) {
      const bytes = await readExactly(this.file, at + done * width, Math.min(pieceValues, count - done) * width);
      toFloats(new Uint16Array(bytes.buffer), values.subarray(done));
    }
    return values;
  }

  #invalid(what: string): EngineError {
    return invalid(`${basename(this.path)} ${what}; choose another model or copy it again.`);
  }
}

function allFinite(values: Float32Array): boolean {
  for (const value of values) if (!Number.isFinite(value)) return false;
  return true;
}

async function readHeaderLength(file: FileHandle, size: number): Promise<number> {
  if (size < lengthBytes) throw new RangeError(`it has only ${size} bytes`);
  const bytes = await readExactly(file, 0, lengthBytes);
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  if (length > maxHeaderBytes || length > size - lengthBytes) {
    throw new RangeError(`its header should have ${length} bytes, and the file has ${size}`);
  }
  return length;
}

async function readExactly(file: FileHandle, position: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const { bytesRead } = await file.read(bytes, at, length - at, position + at);
    if (bytesRead === 0) throw new RangeError(`it ends at byte ${position + at}`);
    at += bytesRead;
  }
  return bytes;
}

function damaged(path: string, cause: unknown): EngineError {
  if (cause instanceof EngineError) return cause;
  const reason = cause instanceof RangeError ? inOneLine(cause.message) : 'its header is no JSON';
  return invalid(`${basename(path)} is no safetensors file, or damaged: ${reason}; download or copy it again.`, {
    cause,
  });
}
