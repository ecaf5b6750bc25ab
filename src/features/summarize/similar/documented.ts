/**
 * Extracts functions, and those with a usable first sentence of documentation, from a file's symbols. Used by
 * `similar.ts`, the summarizer and `examples.ts`.
 */
import { documentationText } from '../../../syntax/documentation';
import type { Range } from '../../../syntax/documentation';
import type { CodeSymbol } from '../../../syntax/symbols';
import { firstSentence } from '../firstSentence';
import { lineBreaksIn } from '../excerpt';

/** A function as others are compared with it. */
export interface FunctionCode {
  readonly name: string;
  /** Of what it is defined in, such as its class; empty where there is nothing. */
  readonly container: string;
  readonly path: string;
  /** Without its documentation. */
  readonly code: string;
  readonly parameters: readonly string[];
}

/** A function whose documentation says something, in one sentence. */
export interface Documented extends FunctionCode {
  readonly sentence: string;
  /** Of the file, from 0: where the function is named. */
  readonly line: number;
}

/** What a symbol of a text is as a function; `undefined` for what is none. @param symbols all of the text, in their order */
export function functionAt(
  text: string,
  path: string,
  symbol: CodeSymbol,
  symbols: readonly CodeSymbol[],
): FunctionCode | undefined {
  const { name, start, end, signature, documentation } = symbol;
  if (signature === undefined) return undefined;
  const container = symbols.findLast((one) => one !== symbol && one.start <= start && one.end >= end)?.name ?? '';
  return {
    name,
    container,
    path,
    code: without(text, { start, end }, documentation),
    parameters: signature.parameters.map((one) => one.name),
  };
}

/** The documented functions of a text, in their order. @param wanted those that are looked at */
export function documentedIn(
  text: string,
  path: string,
  symbols: readonly CodeSymbol[],
  wanted = symbols,
): Documented[] {
  return wanted.flatMap((symbol) => {
    const own = functionAt(text, path, symbol, symbols);
    if (own === undefined || symbol.documentation === undefined) return [];
    const sentence = firstSentence(documentationText(text.slice(symbol.documentation.start, symbol.documentation.end)));
    return sentence === ''
      ? []
      : [{ ...own, sentence, line: lineBreaksIn(text.slice(0, symbol.nameRange?.start ?? symbol.start)) }];
  });
}

function without(text: string, { start, end }: Range, inner: Range | undefined): string {
  return inner === undefined || inner.start < start || inner.end > end
    ? text.slice(start, end)
    : text.slice(start, inner.start) + text.slice(inner.end, end);
}
