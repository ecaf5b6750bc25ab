/** The printable characters by which byte-level tokenizers write bytes, in both directions; used by `bytePairs.ts`. */

/**
 * The alphabet in which byte-level tokenizers write their tokens: one printable character for each byte.
 *
 * Bytes that are printable in Latin-1 stand for themselves; the others follow from U+0100 on, in order. A token's
 * length in characters is therefore its length in bytes.
 */
const printable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;

/** Character of each byte. */
export const byteCharacters: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  if (printable(byte)) return String.fromCharCode(byte);
  let before = 0;
  for (let other = 0; other < byte; other++) if (!printable(other)) before++;
  return String.fromCharCode(0x100 + before);
});

const bytesOfCharacters = new Map(byteCharacters.map((character, byte) => [character.charCodeAt(0), byte]));

/** The bytes that a token stands for, or undefined where the token is not written in this alphabet. */
export function tokenBytes(token: string): Uint8Array | undefined {
  const bytes = new Uint8Array(token.length);
  for (let i = 0; i < token.length; i++) {
    const byte = bytesOfCharacters.get(token.charCodeAt(i));
    if (byte === undefined) return undefined;
    bytes[i] = byte;
  }
  return bytes;
}

/** Bytes written in this alphabet. */
export function byteText(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byteCharacters[byte]).join('');
}
