/**
 * Values with typed arrays in them, as one file:
 *
 * | bytes | |
 * |---|---|
 * | 8 | `GLASSBOX` |
 * | 4 | length of the text that follows, little-endian |
 * | … | JSON, UTF-8. `{"@array": [type, offset, length]}` stands for an array of `length` elements of `Uint8`, `Int32`, `Uint32` or `Float32` |
 * | … | the arrays, little-endian. Offsets count from the first multiple of 8 behind the text, and are multiples of 8 |
 *
 * Nothing here needs Node: pages read such files too.
 */
import { EngineError } from '../ipc/engine/errors';

const magic = 'GLASSBOX';
const textStart = magic.length + 4;
const arrayTypes = { Uint8: Uint8Array, Int32: Int32Array, Uint32: Uint32Array, Float32: Float32Array } as const;
type ArrayType = keyof typeof arrayTypes;
type TypedArray = InstanceType<(typeof arrayTypes)[ArrayType]>;
const reference = '@array';

const aligned = (offset: number): number => Math.ceil(offset / 8) * 8;

/** @param value of plain objects, arrays, strings, finite numbers, booleans and typed arrays of the four types */
export function pack(value: unknown): Uint8Array {
  const arrays: TypedArray[] = [];
  let size = 0;
  const json = JSON.stringify(value, (_, found: unknown) => {
    const type = typeOf(found);
    if (type === undefined) return found;
    const array = found as TypedArray;
    const offset = size;
    arrays.push(array);
    size = aligned(size + array.byteLength);
    return { [reference]: [type, offset, array.length] };
  });
  const text = new TextEncoder().encode(json);
  const start = aligned(textStart + text.length);
  const file = new Uint8Array(start + size);
  file.set(new TextEncoder().encode(magic));
  new DataView(file.buffer).setUint32(magic.length, text.length, true);
  file.set(text, textStart);
  let at = start;
  for (const array of arrays) {
    file.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += aligned(array.byteLength);
  }
  return file;
}

/** @throws {EngineError} `invalid` where the bytes are no such file */
export function unpack(file: Uint8Array): unknown {
  const fail = (): never => {
    throw new EngineError('invalid', 'This is no recording of attention, or it is cut off.');
  };
  if (file.length < textStart || new TextDecoder().decode(file.subarray(0, magic.length)) !== magic) fail();
  const length = new DataView(file.buffer, file.byteOffset).getUint32(magic.length, true);
  const start = aligned(textStart + length);
  if (start > file.length) fail();
  try {
    return JSON.parse(new TextDecoder().decode(file.subarray(textStart, textStart + length)), (_, found: unknown) => {
      if (!isReference(found)) return found;
      const [type, offset, count] = found[reference];
      const bytes = count * arrayTypes[type].BYTES_PER_ELEMENT;
      if (start + offset + bytes > file.length) fail();
      // A copy, since arrays begin at multiples of their elements' size; `slice` copies nothing of Node's buffers.
      return new arrayTypes[type](Uint8Array.from(file.subarray(start + offset, start + offset + bytes)).buffer);
    });
  } catch (error) {
    if (error instanceof EngineError) throw error;
    return fail();
  }
}

function typeOf(value: unknown): ArrayType | undefined {
  return (Object.keys(arrayTypes) as ArrayType[]).find((type) => value instanceof arrayTypes[type]);
}

function isReference(value: unknown): value is { [reference]: [ArrayType, number, number] } {
  if (typeof value !== 'object' || value === null || !(reference in value)) return false;
  const found = value[reference];
  if (!Array.isArray(found) || found.length !== 3) return false;
  const [type, offset, length] = found as unknown[];
  return (
    typeof type === 'string' &&
    type in arrayTypes &&
    [offset, length].every((count) => Number.isSafeInteger(count) && (count as number) >= 0)
  );
}
