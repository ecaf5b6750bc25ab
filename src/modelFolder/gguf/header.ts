/**
 * Reads what a GGUF file says of itself: metadata and the list of tensors, no weights. The only module that knows
 * `@huggingface/gguf`, which can also fetch files: it is given paths of local files alone, and no way to fetch.
 *
 * Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
 */
import { GGMLQuantizationType, gguf } from '@huggingface/gguf';
import type { MetadataValue } from '@huggingface/gguf';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import { tensorTypes } from './tensorTypes';
import type { TensorType } from './tensorTypes';

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
  readonly metadata: ReadonlyMap<string, MetadataValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

/** Magic number, version and the two counts. */
const fixedBytes = 24;
const magic = 'GGUF';
/** Little-endian ones; version 1 was short-lived and has other sizes. */
const versions = [2, 3];
/** More than any model has; a lying count costs no more memory than this. */
const mostEntries = 65_536;
/** Of a name, dimensions, type and offset. */
const leastTensorBytes = 24;
const mostDimensions = 4;
const mostAlignment = 65_536;
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
  await checkCounts(file, size);
  const parsed = await gguf(file, { allowLocalFile: true, fetch: refuseToFetch }).catch((cause: unknown) => {
    throw damaged(file, cause instanceof Error ? cause.message : String(cause), { cause });
  });
  // Behind the end of a file that is cut off, the library reads zeros.
  if (parsed.tensorInfoByteRange[1] > size) throw damaged(file, 'it ends before its list of tensors does');
  const metadata = new Map<string, MetadataValue>(Object.entries(parsed.metadata));
  const alignment = Number(metadata.get('general.alignment') ?? 32);
  if (!Number.isInteger(Math.log2(alignment)) || alignment > mostAlignment)
    throw damaged(file, 'its alignment is no power of two');

  const start = Math.ceil(parsed.tensorInfoByteRange[1] / alignment) * alignment;
  const tensors = new Map<string, GgufTensor>();
  for (const { name, shape, dtype, offset } of parsed.tensorInfos) {
    if (name === '' || tensors.has(name)) throw damaged(file, `it lists the tensor "${name}" twice or without a name`);
    const type = tensorTypes.get(dtype);
    const typeName = type?.name ?? formatNames[dtype] ?? `number ${String(dtype)}`;
    const tensor = { name, shape: shape.map(Number).reverse(), type, typeName, offset: start + Number(offset) };
    const fault = findFault(tensor, size);
    if (fault !== undefined) throw damaged(file, `its tensor ${name} ${fault}`);
    tensors.set(name, tensor);
  }
  return { path: file, metadata, tensors };
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new EngineError('modelMissing', `The file ${file} cannot be read; check the path.`, { cause });
  });
  if (!found.isFile()) throw new EngineError('modelInvalid', `${file} is not a file; choose a GGUF file.`);
  return found.size;
}

/** Before the library believes the counts. */
async function checkCounts(file: string, size: number): Promise<void> {
  const head = Buffer.alloc(fixedBytes);
  const handle = await open(file).catch((cause: unknown) => {
    throw new EngineError('modelMissing', `The file ${file} cannot be read; check that you may read it.`, { cause });
  });
  try {
    await handle.read(head, 0, fixedBytes, 0);
  } finally {
    await handle.close();
  }
  if (size < fixedBytes || head.toString('latin1', 0, magic.length) !== magic)
    throw new EngineError('modelInvalid', `${file} is not a GGUF file; choose another one or download it again.`);
  const version = head.readUInt32LE(4);
  if (!versions.includes(version)) throw damaged(file, `its version ${version} is not understood`);
  const [tensors, entries] = [head.readBigUInt64LE(8), head.readBigUInt64LE(16)];
  if (tensors > mostEntries || entries > mostEntries || Number(tensors) * leastTensorBytes > size)
    throw damaged(file, `it claims to have ${tensors} tensors and ${entries} entries`);
}

/** @returns what is wrong with a tensor's place or shape, to go on behind its name */
function findFault({ shape, type, offset }: GgufTensor, size: number): string | undefined {
  if (shape.length === 0 || shape.length > mostDimensions || shape.some((length) => length < 1))
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

const refuseToFetch = (): never => {
  throw new Error('nothing is fetched here');
};
