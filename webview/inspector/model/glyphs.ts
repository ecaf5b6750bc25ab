/**
 * How characters are drawn one by one in columns of equal width, whatever they are: nothing in a file can hide, turn
 * the reading direction round or move what is beside it.
 */

/** Drawn in place of what ends a line. */
export const lineEnd = '⏎';
/** Drawn for a token that stands for no text. */
export const specialToken = '◆';

const tabStops = 4;
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}]/u;
const mark = /^[\p{Mn}\p{Me}\ufe0f]$/u;
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;

/** A character as it is drawn. */
export interface Glyph {
  readonly text: string;
  /** Columns. */
  readonly width: number;
}

/** @param character one code point, no line end @param column where it is drawn, for tabs */
export function glyphOf(character: string, column: number): Glyph {
  if (character >= ' ' && character <= '~') return { text: character, width: 1 };
  if (character === '\t') {
    const width = tabStops - (column % tabStops);
    return { text: ' '.repeat(width), width };
  }
  if (mark.test(character)) return { text: character, width: 0 };
  if (hidden.test(character)) {
    const text = `‹${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, '0')}›`;
    return { text, width: text.length };
  }
  return { text: character, width: wide.test(character) ? 2 : 1 };
}

/** A token's text for a list or a sentence: on one line, with everything in it visible. */
export function visible(text: string, most = 40): string {
  let shown = '';
  for (const character of text) {
    if (shown.length >= most) return `${shown}…`;
    shown +=
      character === '\n' ? lineEnd : character === '\r' ? '' : character === '\t' ? '⇥' : glyphOf(character, 0).text;
  }
  return shown === '' ? specialToken : shown;
}
