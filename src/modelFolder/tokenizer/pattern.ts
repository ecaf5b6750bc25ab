import { SplitPreTokenizer } from '@huggingface/tokenizers';
import * as v from 'valibot';

/** How `tokenizer.json` writes what is searched for. */
export const pattern = v.union([v.object({ Regex: v.string() }), v.object({ String: v.string() })]);
export type Pattern = v.InferOutput<typeof pattern>;

/**
 * The same as an expression of JavaScript, global. Regular expressions are translated from Oniguruma by the library.
 *
 * @throws {Error} where one cannot be translated
 */
export function compilePattern(rule: Pattern): RegExp {
  const { pattern: compiled } = new SplitPreTokenizer({
    type: 'Split',
    pattern: rule,
    behavior: 'Isolated',
    invert: false,
  });
  if (!compiled) throw new Error('a step has no pattern');
  return compiled;
}
