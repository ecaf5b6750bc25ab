/**
 * Normalisation by the compiled character table of a sentencepiece model; used by `normalization.ts`. Matches the
 * reference in taking the shortest prefix.
 */
import { Rewriter } from './aligned';
import type { Aligned } from './aligned';

/** Longer graphemes are looked up code point by code point. Bytes of UTF-8, exclusive. */
const maxGraphemeBytes = 6;

/**
 * The normalisation that sentencepiece compiles into its models: a double-array trie from byte strings to places in a
 * list of replacements, each ended by a zero byte. The layout is that of the library Darts-clone, four bytes a unit.
 *
 * The reference takes the first match of a look-up, which is the shortest prefix; so does this.
 *
 * @param table size of the trie in bytes as a little-endian uint32, the trie, the replacements
 * @throws {Error} where the table is cut off
 */
export function charsMap(table: Uint8Array): (text: Aligned) => Aligned {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const trieBytes = table.byteLength < 4 ? NaN : view.getUint32(0, true);
  if (!(trieBytes % 4 === 0 && trieBytes > 0 && 4 + trieBytes <= table.byteLength))
    throw new Error('precompiled_charsmap is cut off');
  const units = Uint32Array.from({ length: trieBytes / 4 }, (_, at) => view.getUint32(4 + 4 * at, true));
  const replacements = table.subarray(4 + trieBytes);
  const utf8 = { encoder: new TextEncoder(), decoder: new TextDecoder('utf-8', { ignoreBOM: true }) };
  const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

  const find = (bytes: Uint8Array): string | undefined => {
    const place = shortestPrefix(units, bytes);
    if (place === undefined) return undefined;
    const end = replacements.indexOf(0, place);
    return utf8.decoder.decode(replacements.subarray(place, end < 0 ? undefined : end));
  };

  return (source) => {
    const rewriter = new Rewriter(source);
    for (const { segment, index } of graphemes.segment(source.text)) {
      const bytes = utf8.encoder.encode(segment);
      const found = bytes.length < maxGraphemeBytes ? find(bytes) : undefined;
      if (found !== undefined) {
        rewriter.replace(index + segment.length, found);
        continue;
      }
      let at = index;
      for (const character of segment) {
        at += character.length;
        const replaced = find(utf8.encoder.encode(character));
        if (replaced === undefined) rewriter.keep(at);
        else rewriter.replace(at, replaced);
      }
    }
    return rewriter.finish();
  };
}

/** The value of the shortest key that `bytes` begins with. */
function shortestPrefix(units: Uint32Array, bytes: Uint8Array): number | undefined {
  const offsetOf = (unit: number) => (unit >>> 10) << ((unit & 0x200) >>> 6);
  let at = offsetOf(units[0] ?? 0);
  for (const byte of bytes) {
    if (byte === 0) return undefined;
    at ^= byte;
    const unit = units[at] ?? 0;
    if ((unit & 0x8000_00ff) >>> 0 !== byte) return undefined;
    at ^= offsetOf(unit);
    if (unit & 0x100) return (units[at] ?? 0) & 0x7fff_ffff;
  }
  return undefined;
}
