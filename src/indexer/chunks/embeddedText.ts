/**
 * Defines the text that is embedded for a chunk, and its content key; used by indexing, upgrade, vector supply and
 * search. The path is not part of either.
 */
import { createHash } from 'node:crypto';
import { withSurroundings } from '../../modelFolder/table/surroundings';

/** Bytes of a key. */
export const keySize = 16;

/**
 * What is embedded of a chunk: the definitions around it, then its text. Its path is not part of it, so that a moved
 * file, another clone and another branch share the vector.
 *
 * @param symbols the definitions that the chunk stands in, outermost first
 * @param defines whether the innermost of them begins here, where the text itself names it
 */
export function textToEmbed(symbols: readonly string[], defines: boolean, text: string): string {
  return withSurroundings(aroundOf(symbols, defines), text);
}

/** The definitions around a chunk, as one text. */
export function aroundOf(symbols: readonly string[], defines: boolean): string {
  return (defines ? symbols.slice(0, -1) : symbols).join(' ');
}

/** Names a text by its content. */
export function keyOf(text: string): Uint8Array {
  return createHash('sha256').update(text).digest().subarray(0, keySize);
}

/** A key for maps. */
export function keyName(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1');
}
