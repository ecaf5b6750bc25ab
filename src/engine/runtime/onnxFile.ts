/**
 * Tells what is wrong with a file that should be an ONNX model (missing, empty, truncated, something else) from a few
 * small reads; used by the runtime's `session.ts` for clear errors.
 */
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';

/** What is wrong with a file that should hold an ONNX model, or `undefined`. */
export type OnnxFileFault = 'missing' | 'notAFile' | 'empty' | 'truncated' | 'notOnnx';

/** Field of `ModelProto` that holds the graph (onnx.proto). */
const graphField = 7;
/** `ModelProto` numbers its fields well below this; larger numbers mean that the bytes are something else. */
const maxFieldNumber = 100;

/** Protobuf wire types that occur at the top level of a model. */
const wireTypes = { varint: 0, lengthDelimited: 2 } as const;

/** A tag and a length are two varints of at most 10 bytes each. */
const headerBytes = 20;

/**
 * Walks the outermost protobuf fields of a model file: a handful of small reads, whatever its size. ONNX Runtime calls
 * a truncated download, a web page saved as `model.onnx` and a damaged file alike "Protobuf parsing failed"; people
 * need to know which of them they have.
 */
export async function findOnnxFault(path: string): Promise<OnnxFileFault | undefined> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch {
    return 'missing';
  }
  try {
    const stat = await file.stat();
    if (!stat.isFile()) return 'notAFile';
    if (stat.size === 0) return 'empty';
    return await walkFields(file, stat.size);
  } finally {
    await file.close();
  }
}

async function walkFields(file: FileHandle, size: number): Promise<OnnxFileFault | undefined> {
  const header = Buffer.alloc(headerBytes);
  let sawGraph = false;
  for (let offset = 0; offset < size;) {
    const { bytesRead } = await file.read(header, 0, headerBytes, offset);
    const tag = readVarint(header, 0, bytesRead);
    const value = tag && readVarint(header, tag.end, bytesRead);
    if (!tag || !value) return sawGraph || offset > 0 ? 'truncated' : 'notOnnx';

    const field = Math.floor(tag.value / 8);
    const wireType = tag.value % 8;
    if (field === 0 || field > maxFieldNumber) return 'notOnnx';
    if (wireType === wireTypes.varint) offset += value.end;
    else if (wireType === wireTypes.lengthDelimited) offset += value.end + value.value;
    else return 'notOnnx';

    if (field === graphField) sawGraph = true;
    if (offset > size) return sawGraph ? 'truncated' : 'notOnnx';
  }
  return sawGraph ? undefined : 'notOnnx';
}

/** Reads a varint at `start`, as a float64: exact for every length a file can have. */
function readVarint(bytes: Buffer, start: number, end: number): { value: number; end: number } | undefined {
  let value = 0;
  let scale = 1;
  for (let at = start; at < Math.min(end, start + 10); at++) {
    const byte = bytes[at] ?? 0;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: at + 1 };
    scale *= 128;
  }
  return undefined;
}
