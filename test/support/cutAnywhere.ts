/** Cuts bytes where a network may cut them, for tests of parsers that read as bytes arrive. */

/** @param sizes lengths of the parts, 0 included; what is left once they end is one part */
export function cutAnywhere(bytes: Uint8Array, sizes: Iterator<number, unknown>): Uint8Array[] {
  const parts: Uint8Array[] = [];
  let at = 0;
  while (at < bytes.length) {
    const size = sizes.next();
    const end = size.done ? bytes.length : at + size.value;
    parts.push(bytes.subarray(at, end));
    at = end;
  }
  return parts;
}

/** As a stream gives them. */
export async function* streamOf(parts: Iterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for (const part of parts) yield await Promise.resolve(part);
}
