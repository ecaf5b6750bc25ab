/**
 * Searches with V8's own engine, which may try the same again and again, under a deadline. For patterns that a search in
 * linear time cannot take: look-around and back-references.
 */
import { createContext, Script } from 'node:vm';
import { EngineError } from '../../ipc/engine/errors';
import { piecesOf } from './textSearch';
import type { TextMatch, TextSearch } from './textSearch';

/** Milliseconds for a piece. Usual patterns take less than one. */
const deadlineMs = 200;
/** UTF-16 units: no pattern tries so many ways that this takes long, and the limit would cost more than the search. */
const short = 16;

export function boundedSearch(expression: RegExp): TextSearch {
  const place = createContext({ expression, text: '' });
  const script = new Script('Array.from(text.matchAll(expression), (found) => [found.index, found[0].length])');
  return {
    *[Symbol.matchAll](text: string): Generator<TextMatch> {
      if (text.length <= short) return yield* text.matchAll(expression);
      for (const [start, piece] of piecesOf(text)) {
        place.text = piece;
        for (const [index, length] of found()) yield { index: start + index, 0: piece.slice(index, index + length) };
      }
    },
  };

  function found(): readonly (readonly [index: number, length: number])[] {
    try {
      return script.runInContext(place, { timeout: deadlineMs }) as [number, number][];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      throw new EngineError(
        'modelInvalid',
        `The tokenizer cannot be used: a pattern of its tokenizer.json takes more than ${deadlineMs} ms on a short text; choose a model with another tokenizer.`,
      );
    }
  }
}
