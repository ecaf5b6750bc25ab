/** Writes the head of GGUF files (ggml/docs/gguf.md), for tests and benchmarks. */

const valueTypes = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;
export const ggufAlignment = 32;

/** A value of metadata, its type in front. */
export const ggufValue = {
  uint32: (value: number) => Buffer.concat([u32(valueTypes.uint32), u32(value)]),
  float32: (value: number) => Buffer.concat([u32(valueTypes.float32), ggufFloats([value])]),
  flag: (value: boolean) => Buffer.concat([u32(valueTypes.bool), Buffer.from([value ? 1 : 0])]),
  text: (value: string) => Buffer.concat([u32(valueTypes.string), text(value)]),
  texts: (values: readonly string[]) => list(valueTypes.string, values.length, Buffer.concat(values.map(text))),
  int32s: (values: readonly number[]) =>
    list(valueTypes.int32, values.length, Buffer.from(Int32Array.from(values).buffer)),
} as const;

export interface GgufTensorInfo {
  readonly name: string;
  /** The innermost dimension first. */
  readonly sizes: readonly number[];
  /** Number of its format. */
  readonly type: number;
  readonly bytes: number;
}

/** Everything in front of the tensors, which lie behind it in their order, each padded. */
export function ggufHead(metadata: Readonly<Record<string, Buffer>>, tensors: readonly GgufTensorInfo[]): Buffer {
  const entries = Object.entries(metadata);
  const pieces = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(entries.length)];
  for (const [key, value] of entries) pieces.push(text(key), value);
  let offset = 0;
  for (const { name, sizes, type, bytes } of tensors) {
    pieces.push(text(name), u32(sizes.length), ...sizes.map(u64), u32(type), u64(offset));
    offset += Math.ceil(bytes / ggufAlignment) * ggufAlignment;
  }
  return ggufPadded(Buffer.concat(pieces));
}

export function ggufPadded(bytes: Buffer): Buffer {
  const spare = -bytes.length & (ggufAlignment - 1);
  return spare === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(spare)]);
}

export const ggufFloats = (values: readonly number[]): Buffer => Buffer.from(Float32Array.from(values).buffer);

function list(type: number, length: number, values: Buffer): Buffer {
  return Buffer.concat([u32(valueTypes.array), u32(type), u64(length), values]);
}

function text(value: string): Buffer {
  return Buffer.concat([u64(Buffer.byteLength(value)), Buffer.from(value)]);
}

function u32(value: number): Buffer {
  const piece = Buffer.alloc(4);
  piece.writeUInt32LE(value);
  return piece;
}

function u64(value: number): Buffer {
  const piece = Buffer.alloc(8);
  piece.writeBigUInt64LE(BigInt(value));
  return piece;
}
