/**
 * The header of a safetensors file, checked: which tensors there are, and where their bytes lie. Used by `SafetensorsFile`;
 * reads no weights. Format: https://github.com/huggingface/safetensors (README, "Format"; `safetensors/src/tensor.rs`).
 */
import * as v from 'valibot';
import { misfit } from '../../common/schemaIssue';

/** Bytes of the length in front of the header. */
export const lengthBytes = 8;
/** The format's own limit for a header, in bytes. */
export const maxHeaderBytes = 100_000_000;

/** Bytes of a value, by the format's names of types. Sub-byte types are left out: no model of ours has them. */
const valueBytes = {
  BOOL: 1, U8: 1, I8: 1, F8_E5M2: 1, F8_E4M3: 1, U16: 2, I16: 2, F16: 2, BF16: 2, U32: 4, I32: 4, F32: 4, U64: 8, I64: 8, F64: 8,
} as const; // prettier-ignore
export type SafetensorsType = keyof typeof valueBytes;

/** A tensor's place in the file. */
export interface TensorPlace {
  readonly type: SafetensorsType;
  readonly shape: readonly number[];
  /** Byte range within the data behind the header, end exclusive. */
  readonly start: number;
  readonly end: number;
}

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const entry = v.strictObject({
  dtype: v.picklist(Object.keys(valueBytes) as SafetensorsType[]),
  shape: v.array(whole),
  data_offsets: v.strictTuple([whole, whole]),
});

/**
 * Reads a header.
 *
 * @param text the header as it stands in the file
 * @param dataBytes how many bytes lie behind it
 * @returns the tensors by name
 * @throws {SyntaxError} where the header is no JSON
 * @throws {RangeError} where it is not one of safetensors, or does not fit the data; its message goes on behind the file's name
 */
export function parseHeader(text: string, dataBytes: number): ReadonlyMap<string, TensorPlace> {
  const json: unknown = JSON.parse(text);
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new RangeError('its header is no object');
  const tensors = new Map<string, TensorPlace>();
  for (const [name, value] of Object.entries(json)) {
    if (name !== '__metadata__') tensors.set(name, parseEntry(name, value));
  }
  checkCoverage(tensors, dataBytes);
  return tensors;
}

/**
 * What a header says beside the tensors: texts by name.
 *
 * @param text a header that `parseHeader` has accepted
 * @throws {RangeError} where it holds something else than texts; its message goes on behind the file's name
 */
export function parseMetadata(text: string): ReadonlyMap<string, string> {
  const { __metadata__: stated } = v.parse(v.object({ __metadata__: v.optional(v.unknown(), {}) }), JSON.parse(text));
  const parsed = v.safeParse(v.record(v.string(), v.string()), stated);
  if (!parsed.success) throw new RangeError(`of its metadata, ${misfit(parsed.issues[0])}`);
  return new Map(Object.entries(parsed.output));
}

function parseEntry(name: string, value: unknown): TensorPlace {
  const parsed = v.safeParse(entry, value);
  if (!parsed.success) throw new RangeError(`of the tensor ${name}, ${misfit(parsed.issues[0])}`);
  const { dtype: type, shape, data_offsets: offsets } = parsed.output;
  const [start, end] = offsets;
  const bytes = shape.reduce((product, size) => product * size, valueBytes[type]);
  if (end - start !== bytes) {
    const stated = `${type} [${shape.join(', ')}]`;
    throw new RangeError(`the tensor ${name} has ${end - start} bytes, and its type ${stated} needs ${bytes}`);
  }
  return { type, shape, start, end };
}

/** The format allows neither holes nor shared bytes: a file that was cut or mended by hand shows here. */
function checkCoverage(tensors: ReadonlyMap<string, TensorPlace>, dataBytes: number): void {
  let at = 0;
  for (const [name, { start, end }] of [...tensors].sort(([, a], [, b]) => a.start - b.start || a.end - b.end)) {
    if (start !== at) throw new RangeError(`the tensor ${name} begins at byte ${start} of the data instead of ${at}`);
    at = end;
  }
  if (at !== dataBytes) throw new RangeError(`its tensors take ${at} bytes, and it holds ${dataBytes}`);
}
