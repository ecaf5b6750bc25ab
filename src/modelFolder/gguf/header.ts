/**
 * Reads what a GGUF file says of itself: metadata and the list of tensors, no weights. The only module that knows
 * `@huggingface/gguf`, which can also fetch files: it is given paths of local files alone, and no way to fetch.
 *
 * Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { GGMLQuantizationType, gguf } from '@huggingface/gguf';
import type { MetadataValue } from '@huggingface/gguf';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import { findHeadFault } from './headWalk';
import { tensorTypes } from './tensorTypes';
import type { TensorType } from './tensorTypes';
import { errorMessage } from '../../common/errorMessage';

/** Where a tensor lies in a GGUF file, checked against the file's size. */
export interface GgufTensor {
  readonly name: string;
  /** Outermost dimension first, as PyTorch has it; a file lists it last. */
  readonly shape: readonly number[];
  /** How values are stored; `undefined` for a format that is not understood, which `typeName` names. */
  readonly type: TensorType | undefined;
  readonly typeName: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
}

export interface GgufFile {
  /** Absolute. */
  readonly path: string;
  /** Of the whole file. */
  readonly bytes: number;
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** Of 64 bytes at most, as ggml has them. */
const tensorName = /^[\x21-\x7e]{1,64}$/;
const maxDimensions = 4;
const maxAlignment = 65_536;
const formatNames: Readonly<Record<number, string | undefined>> = GGMLQuantizationType;

/**
 * Reads the head of a GGUF file.
 *
 * @param path of a local file
 * @throws {EngineError} `modelMissing` where it cannot be read; `modelInvalid` where it is damaged or not understood
 */
export async function readGgufHeader(path: string): Promise<GgufFile> {
  // An absolute path begins with no protocol, whatever was given.
  const file = resolve(path);
  const size = await sizeOf(file);
  const fault = headFault(file);
  if (fault !== undefined) throw damaged(file, fault);
  const parsed = await gguf(file, { allowLocalFile: true, fetch: refuseToFetch }).catch((cause: unknown) => {
    throw damaged(file, brief(errorMessage(cause)), { cause });
  });
  const metadata = new Map<string, MetadataValue>(Object.entries(parsed.metadata));
  const alignment = Number(metadata.get('general.alignment') ?? 32);
  if (!Number.isInteger(Math.log2(alignment)) || alignment > maxAlignment)
    throw damaged(file, 'its alignment is no power of two');

  const start = Math.ceil(parsed.tensorInfoByteRange[1] / alignment) * alignment;
  const tensors = new Map<string, GgufTensor>();
  for (const { name, shape, dtype, offset } of parsed.tensorInfos) {
    if (!tensorName.test(name) || tensors.has(name))
      throw damaged(file, `it lists a tensor ${brief(JSON.stringify(name))}, which no model has, or has once`);
    const type = tensorTypes.get(dtype);
    const typeName = type?.name ?? formatNames[dtype] ?? `number ${String(dtype)}`;
    const tensor = { name, shape: shape.map(Number).reverse(), type, typeName, offset: start + Number(offset) };
    const misplaced = findFault(tensor, size);
    if (misplaced !== undefined) throw damaged(file, `its tensor ${name} ${misplaced}`);
    tensors.set(name, tensor);
  }
  return { path: file, bytes: size, metadata, tensors };
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((cause: unknown) => unreadable(file, cause));
  if (!found.isFile()) throw new EngineError('modelInvalid', `${file} is not a file; choose a GGUF file.`);
  return found.size;
}

function headFault(file: string): string | undefined {
  try {
    return findHeadFault(file);
  } catch (cause) {
    return unreadable(file, cause);
  }
}

function unreadable(file: string, cause: unknown): never {
  throw new EngineError('modelMissing', `The file ${file} cannot be read; check the path and who may read it.`, {
    cause,
  });
}

/** @returns what is wrong with a tensor's place or shape, to go on behind its name */
function findFault({ shape, type, offset }: GgufTensor, size: number): string | undefined {
  if (shape.length === 0 || shape.length > maxDimensions || shape.some((length) => length < 1))
    return 'has no shape that a tensor can have';
  const elements = shape.reduce((product, length) => product * length, 1);
  const row = shape.at(-1) ?? 0;
  if (type && row % type.blockLength !== 0)
    return `has rows of ${row} values, which are no whole blocks of ${type.name}`;
  // Without knowing a format, every value takes at least a bit of it.
  const bytes = type ? (elements / type.blockLength) * type.blockBytes : elements / 8;
  return offset + bytes > size ? 'lies beyond the end of the file' : undefined;
}

const damaged = (file: string, what: string, options?: ErrorOptions): EngineError =>
  new EngineError(
    'modelInvalid',
    `The GGUF file ${file} cannot be used: ${what.replace(/\.$/, '')}; download or copy it again.`,
    options,
  );

/** What a file spells, at a length for a sentence. */
const brief = (text: string): string => text.replaceAll(/[\p{C}\s]+/gu, ' ').slice(0, 160);

const refuseToFetch = (): never => {
  throw new Error('nothing is fetched here');
};
