/**
 * Reads a safetensors file, one tensor at a time: no more of it is in memory than the tensor that is asked for. Used where
 * graphs are built from published weights. Never writes, and trusts nothing that the file says of itself.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import { bfloat16ToNumber, halfToNumber } from '../../common/halfPrecision';
import { invalid } from '../layouts/files';
import { lengthBytes, maxHeaderBytes, parseHeader, parseMetadata } from './header';
import type { TensorPlace } from './header';

/** UTF-16 units of a reason. */
const maxReason = 200;
/** Bytes that are converted at once. */
const pieceBytes = 1 << 20;

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
    const place = this.tensors.get(name);
    if (place === undefined) throw this.#invalid(`has no tensor ${name}`);
    if (place.shape.join() !== shape.join())
      throw this.#invalid(`has ${name} as [${place.shape.join(', ')}] instead of [${shape.join(', ')}]`);
    const values = await this.#values(name, place).catch((cause: unknown) => {
      throw damaged(this.path, cause);
    });
    if (!values.every((value) => Number.isFinite(value)))
      throw this.#invalid(`holds a value in ${name} that is no finite number`);
    return values;
  }

  close(): Promise<void> {
    return this.file.close();
  }

  async #values(name: string, place: TensorPlace): Promise<Float32Array> {
    const { type, start, end } = place;
    switch (type) {
      case 'F32':
        return new Float32Array((await readExactly(this.file, this.data + start, end - start)).buffer);
      case 'F16':
        return this.#convert(place, halfToNumber);
      case 'BF16':
        return this.#convert(place, bfloat16ToNumber);
      default:
        throw this.#invalid(`has ${name} as ${type}, and only F32, F16 and BF16 are understood`);
    }
  }

  async #convert({ start, end }: TensorPlace, toNumber: (bits: number) => number): Promise<Float32Array> {
    const values = new Float32Array((end - start) / 2);
    for (let at = start; at < end; at += pieceBytes) {
      const bytes = await readExactly(this.file, this.data + at, Math.min(pieceBytes, end - at));
      values.set(Float32Array.from(new Uint16Array(bytes.buffer), toNumber), (at - start) / 2);
    }
    return values;
  }

  #invalid(what: string): EngineError {
    return invalid(`${basename(this.path)} ${what}; choose another model or copy it again.`);
  }
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
  // A damaged header may hold anything, and what it holds is part of the reason.
  const reason =
    cause instanceof RangeError ? cause.message.replace(/\p{C}/gu, '?').slice(0, maxReason) : 'its header is no JSON';
  return invalid(`${basename(path)} is no safetensors file, or damaged: ${reason}; download or copy it again.`, {
    cause,
  });
}
