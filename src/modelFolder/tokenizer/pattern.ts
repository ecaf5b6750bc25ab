/**
 * The patterns of a `tokenizer.json`, made into searches that no pattern and no text can hold up. Used by the normalizer and
 * the pre-tokenizer. A pattern of a file is never run on V8's engine without a limit, unless its exact text is known.
 */
import { SplitPreTokenizer } from '@huggingface/tokenizers';
import * as v from 'valibot';
import { boundedSearch } from './boundedSearch';
import { knownPatterns } from './knownPatterns';
import { linearSearch } from './linearSearch';
import type { TextSearch } from './textSearch';

/** How `tokenizer.json` writes what is searched for. */
export const pattern = v.union([v.object({ Regex: v.string() }), v.object({ String: v.string() })]);
export type Pattern = v.InferOutput<typeof pattern>;

/**
 * What is written as text, and patterns that are known, run on V8's own engine, which is the fastest. Others take time in
 * proportion to the text where their form allows, and otherwise have a deadline.
 *
 * @throws {Error} where a pattern cannot be translated
 */
export function compilePattern(rule: Pattern): TextSearch {
  const expression = translated(rule);
  if ('String' in rule || knownPatterns.has(rule.Regex)) return expression;
  return linearSearch(expression) ?? boundedSearch(expression);
}

/** The same as an expression of JavaScript, global. Regular expressions are translated from Oniguruma by the library. */
export function translated(rule: Pattern): RegExp {
  const { pattern: compiled } = new SplitPreTokenizer({
    type: 'Split',
    pattern: rule,
    behavior: 'Isolated',
    invert: false,
  });
  if (!compiled) throw new Error('a step has no pattern');
  return compiled;
}
