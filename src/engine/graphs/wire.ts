/**
 * Walks the fields of a protobuf message in a file and reads only their headers; used by `weightlessModel.ts` for
 * models too large to parse whole.
 */
import type { FileWindow } from '../../common/files/fileWindow';

/** A field of a protobuf message in a file. */
export interface WireField {
  /** 0 never occurs in a message. */
  readonly number: number;
  readonly wireType: number;
  /** Where the field begins, tag included. */
  readonly start: number;
  /** Where its value begins; for a length-delimited field, behind the length. */
  readonly value: number;
  /** Behind its last byte; may lie behind the end of a truncated file. */
  readonly end: number;
}

/** The wire types that ONNX files use (protobuf encoding, "Message Structure"). */
export const wireTypes = { varint: 0, fixed64: 1, lengthDelimited: 2, fixed32: 5 } as const;

/** A tag and a length are two varints of at most 10 bytes each. */
const headerBytes = 20;

/**
 * The fields of the message in [start, end), in their order. Values are not read, however long they are.
 *
 * @throws {RangeError} where the bytes are no protobuf message
 */
export function* fieldsOf(file: FileWindow, start: number, end: number): Generator<WireField> {
  for (let at = start; at < end;) {
    const field = readHeader(file.at(at, headerBytes), at);
    yield field;
    at = field.end;
  }
}

function readHeader(bytes: Buffer, start: number): WireField {
  const tag = readVarint(bytes, 0);
  const number = Math.floor(tag.value / 8);
  const wireType = tag.value % 8;
  const field = (value: number, end: number): WireField => ({
    number,
    wireType,
    start,
    value: start + value,
    end: start + end,
  });
  switch (wireType) {
    case wireTypes.varint:
      return field(tag.end, readVarint(bytes, tag.end).end);
    case wireTypes.fixed64:
      return field(tag.end, tag.end + 8);
    case wireTypes.fixed32:
      return field(tag.end, tag.end + 4);
    case wireTypes.lengthDelimited: {
      const length = readVarint(bytes, tag.end);
      return field(length.end, length.end + length.value);
    }
    default:
      throw new RangeError(`wire type ${wireType} at byte ${start}`);
  }
}

/** Reads a varint at `start`, as a float64: exact for every length a file can have. */
function readVarint(bytes: Buffer, start: number): { value: number; end: number } {
  let value = 0;
  let scale = 1;
  for (let at = start; at < Math.min(bytes.length, start + 10); at++) {
    const byte = bytes[at] as number;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, end: at + 1 };
    scale *= 128;
  }
  throw new RangeError('a number that does not end');
}
