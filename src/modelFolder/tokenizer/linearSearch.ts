/**
 * Searches in time proportional to the text, with RE2 (Cox, "Regular Expression Matching in the Wild", 2010) as the package
 * re2js has it. Finds what the same expression finds on V8's engine: classes of characters are written out as V8 has them.
 * Its look-behind is not used: it takes the square of the time.
 */
import type { RE2JS as Re2 } from 're2js';
import { toRe2 } from './re2Syntax';
import { piecesOf } from './textSearch';
import type { TextMatch, TextSearch } from './textSearch';

/** @param expression global and with the flag u @returns undefined where it has what RE2 cannot search for */
export function linearSearch(expression: RegExp): TextSearch | undefined {
  if (expression.flags !== 'gu') return undefined;
  const source = toRe2(expression.source);
  if (source === undefined) return undefined;
  let compiled: Re2;
  try {
    compiled = engine().compile(source);
  } catch {
    // Such as a repetition of more than a thousand.
    return undefined;
  }
  return {
    *[Symbol.matchAll](text: string): Generator<TextMatch> {
      for (const [start, piece] of piecesOf(text))
        for (const { index, length } of matchesIn(compiled, piece))
          yield { index: start + index, 0: piece.slice(index, index + length) };
    },
  };
}

function* matchesIn(compiled: Re2, text: string): Generator<{ index: number; length: number }> {
  const matcher = compiled.matcher(text);
  for (let at = 0; at <= text.length && matcher.find(at);) {
    const index = matcher.start();
    let end = matcher.end();
    // `\s+(?!\S)` leaves the last blank before a word to the word.
    if (compiled.groupCount() > 0 && matcher.group(1) !== null && end < text.length && end - index > 1) end--;
    yield { index, length: end - index };
    at = end > index ? end : end + String.fromCodePoint(text.codePointAt(end) ?? 0).length;
  }
}

/** Loaded by the first pattern that needs it: most models have none. */
function engine(): typeof Re2 {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return (require('re2js') as typeof import('re2js')).RE2JS;
}
