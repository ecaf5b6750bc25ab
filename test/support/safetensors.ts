/** A safetensors file as its format wants it, for tests to use as it is or to spoil. */

export interface TensorSpec {
  readonly name: string;
  readonly type: 'F32' | 'F16' | 'BF16' | 'I64';
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

export const float32Tensor = (name: string, shape: readonly number[], values: ArrayLike<number>): TensorSpec => ({
  name,
  type: 'F32',
  shape,
  data: new Uint8Array(Float32Array.from(values).buffer),
});

/** @param header changes what the file says of itself */
export function safetensorsBytes(
  tensors: readonly TensorSpec[],
  header: (entries: Record<string, unknown>) => unknown = (entries) => entries,
): Buffer {
  let end = 0;
  const entries: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  for (const { name, type: dtype, shape, data } of tensors) {
    entries[name] = { dtype, shape, data_offsets: [end, end + data.length] };
    end += data.length;
  }
  return withHeader(JSON.stringify(header(entries)), Buffer.concat(tensors.map(({ data }) => data)));
}

export function withHeader(header: string, data: Uint8Array): Buffer {
  const text = Buffer.from(header);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, data]);
}
