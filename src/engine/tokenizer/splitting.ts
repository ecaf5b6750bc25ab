import { SplitPreTokenizer } from '@huggingface/tokenizers';
import * as v from 'valibot';

/** Visits the pieces of a text in order, as [start, end) in UTF-16 units. */
export type Splitter = (text: string, visit: (start: number, end: number) => void) => void;

const pattern = v.union([v.object({ Regex: v.string() }), v.object({ String: v.string() })]);

/**
 * The steps of a pre-tokenizer that are understood. `Split` with other behaviours glues separators to their neighbours;
 * no byte-level code model uses them.
 */
const split = v.object({
  type: v.literal('Split'),
  pattern,
  behavior: v.picklist(['Isolated', 'Removed']),
  invert: v.optional(v.boolean(), false),
});
const digits = v.object({ type: v.literal('Digits'), individual_digits: v.boolean() });
const byteLevel = v.object({
  type: v.literal('ByteLevel'),
  add_prefix_space: v.literal(false),
  use_regex: v.optional(v.boolean(), true),
});
const step = v.variant('type', [split, digits, byteLevel]);
export const preTokenizer = v.union([
  byteLevel,
  v.object({ type: v.literal('Sequence'), pretokenizers: v.array(step) }),
]);

type Step = v.InferOutput<typeof step>;
type Pattern = v.InferOutput<typeof pattern>;

/** The rule of GPT-2, which `ByteLevel` applies unless told otherwise. */
const byteLevelRule: Pattern = {
  Regex: String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
};

/**
 * Splits as the pre-tokenizer of the reference implementation (the Rust crate behind Python's `tokenizers`) does.
 *
 * Regular expressions are translated from Oniguruma by the library. `ByteLevel` and `Digits` are translated the same
 * way instead of taken from it, because its own versions use JavaScript's `\s` and `\d`, which take U+FEFF for white
 * space, U+0085 not, and know only ASCII digits.
 *
 * @throws where the steps do not end in one `ByteLevel`, or an expression cannot be translated.
 */
export function createSplitter(config: v.InferOutput<typeof preTokenizer>): Splitter {
  const steps = config.type === 'Sequence' ? config.pretokenizers : [config];
  if (steps.findIndex(({ type }) => type === 'ByteLevel') !== steps.length - 1) {
    throw new Error('the pre-tokenizer does not end in one ByteLevel step');
  }
  return steps.flatMap(stepSplitter).reduceRight(nest, undefined) ?? ((text, visit) => visit(0, text.length));
}

function stepSplitter(config: Step): Splitter[] {
  switch (config.type) {
    case 'Split':
      return [splitBy(compile(config.pattern), keptParts(config))];
    case 'Digits':
      return [splitBy(compile({ Regex: config.individual_digits ? '\\p{N}' : '\\p{N}+' }), 'both')];
    case 'ByteLevel':
      return config.use_regex ? [splitBy(compile(byteLevelRule), 'both')] : [];
  }
}

const keptParts = ({ behavior, invert }: v.InferOutput<typeof split>): 'both' | 'matches' | 'between' =>
  behavior === 'Isolated' ? 'both' : invert ? 'matches' : 'between';

function compile(rule: Pattern): RegExp {
  const { pattern: compiled } = new SplitPreTokenizer({
    type: 'Split',
    pattern: rule,
    behavior: 'Isolated',
    invert: false,
  });
  if (!compiled) throw new Error('a Split step has no pattern');
  return compiled;
}

/** An empty match separates what stands before it from what comes after, as in the reference. */
function splitBy(expression: RegExp, keep: 'both' | 'matches' | 'between'): Splitter {
  return (text, visit) => {
    let end = 0;
    for (const match of text.matchAll(expression)) {
      if (match.index > end && keep !== 'matches') visit(end, match.index);
      end = match.index + match[0].length;
      if (match[0] !== '' && keep !== 'between') visit(match.index, end);
    }
    if (end < text.length && keep !== 'matches') visit(end, text.length);
  };
}

/** The inner splitter sees each piece of the outer one as a text of its own. */
function nest(inner: Splitter | undefined, outer: Splitter): Splitter {
  if (!inner) return outer;
  return (text, visit) =>
    outer(text, (start, end) => inner(text.slice(start, end), (from, to) => visit(start + from, start + to)));
}
