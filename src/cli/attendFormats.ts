/** Encodes a matrix of weights as a grey PNG picture; used by the `attend` command. Writes no file itself. */
import { crc32, deflateSync } from 'node:zlib';
import { quantize } from '../attention/quantize';

/** A matrix of weights as PNG: 8-bit grey, brightness by the square root. */
export function grayPicture(rows: readonly Float32Array[]): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(rows[0]?.length ?? 0, 0);
  header.writeUInt32BE(rows.length, 4);
  header.writeUInt8(8, 8);
  // Each line begins with its filter: none.
  const lines = rows.map((row) => Buffer.from([0, ...Array.from(row, quantize)]));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}
