/** A valid ONNX model, one `Identity` from `x` to `y`, that is no decoder. */
export function graphWithoutInputs(): Buffer {
  const valueInfo = (name: string) =>
    Buffer.concat([text(1, name), message(2, message(1, number(1, 1), message(2, message(1, number(1, 1)))))]);
  const graph = Buffer.concat([
    message(1, text(1, 'x'), text(2, 'y'), text(4, 'Identity')),
    text(2, 'identity'),
    message(11, valueInfo('x')),
    message(12, valueInfo('y')),
  ]);
  return Buffer.concat([number(1, 8), message(7, graph), message(8, text(1, ''), number(2, 17))]);
}

/** Fields of the protobuf wire format, see onnx.proto for their numbers. */
function number(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function text(field: number, value: string): Buffer {
  return message(field, Buffer.from(value));
}

function message(field: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([varint((field << 3) | 2), varint(body.length), body]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (; value > 0x7f; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return Buffer.from([...bytes, value]);
}
