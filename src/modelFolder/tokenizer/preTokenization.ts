/** The pre-tokenization steps of a `tokenizer.json`, which cut a text into pieces; created by `definition.ts`. */
import * as v from 'valibot';
import { Rewriter } from './aligned';
import type { Aligned } from './aligned';
import { compilePattern, pattern } from './pattern';
import type { Pattern } from './pattern';
import type { TextSearch } from './textSearch';

/** What becomes of what a pattern matches: dropped, a piece of its own, or glued to a neighbour. */
const behavior = v.picklist(['Isolated', 'Removed', 'MergedWithPrevious', 'MergedWithNext', 'Contiguous']);
type Behavior = v.InferOutput<typeof behavior>;

const prependScheme = v.picklist(['always', 'first', 'never']);

/** The steps of a pre-tokenizer that are understood. */
const step = v.variant('type', [
  v.object({ type: v.literal('Split'), pattern, behavior, invert: v.optional(v.boolean(), false) }),
  v.object({ type: v.literal('Digits'), individual_digits: v.boolean() }),
  v.object({ type: v.literal('ByteLevel'), add_prefix_space: v.boolean(), use_regex: v.optional(v.boolean(), true) }),
  v.object({
    type: v.literal('Metaspace'),
    replacement: v.string(),
    prepend_scheme: v.optional(prependScheme),
    // Older files have this in place of the scheme.
    add_prefix_space: v.optional(v.boolean(), true),
    split: v.optional(v.boolean(), true),
  }),
  v.object({ type: v.literal('Whitespace') }),
  v.object({ type: v.literal('WhitespaceSplit') }),
  v.object({ type: v.literal('BertPreTokenizer') }),
  v.object({ type: v.literal('Punctuation'), behavior: v.optional(behavior, 'Isolated') }),
]);
export const preTokenizer = v.union([step, v.object({ type: v.literal('Sequence'), pretokenizers: v.array(step) })]);
type Step = v.InferOutput<typeof step>;
type Metaspace = Extract<Step, { type: 'Metaspace' }>;

/** A text in pieces: [start, end) of each, in UTF-16 units of the text. */
export interface Pieces {
  readonly text: Aligned;
  readonly ranges: readonly (readonly [start: number, end: number])[];
}

export type PreTokenizer = (pieces: Pieces) => Pieces;

/** The rule of GPT-2, which `ByteLevel` applies by default. */
const byteLevelRule: Pattern = {
  Regex: String.raw`'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`,
};
const punctuation = /[!-/:-@[-`{-~]|\p{P}/gu;
const space = /\p{White_Space}+/gu;
/** What Rust's `\w+|[^\w\s]+` matches. */
const words =
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]+|[^\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}\p{White_Space}]+/gu;

/** Whether the steps end in the one that makes bytes of text, as those of byte-level tokenizers do. */
export function endsInBytes(config: v.InferOutput<typeof preTokenizer> | null | undefined): boolean {
  return stepsOf(config).at(-1)?.type === 'ByteLevel';
}

/**
 * Splits as the pre-tokenizer of the reference implementation (the Rust crate behind Python's `tokenizers`) does.
 *
 * Its classes of characters are written out instead of taken from the library that translates expressions, because its
 * own versions use JavaScript's `\s` and `\d`, which take U+FEFF for white space, U+0085 not, and know only ASCII digits.
 *
 * @throws {Error} where bytes are made too early, or an expression cannot be translated.
 */
export function createPreTokenizer(config: v.InferOutput<typeof preTokenizer> | null | undefined): PreTokenizer {
  const steps = stepsOf(config);
  if (steps.slice(0, -1).some(({ type }) => type === 'ByteLevel'))
    throw new Error('a ByteLevel step is not the last one of the pre-tokenizer');
  const made = steps.map(preTokenizerOf);
  return (pieces) => made.reduce((current, next) => next(current), pieces);
}

function stepsOf(config: v.InferOutput<typeof preTokenizer> | null | undefined): readonly Step[] {
  if (!config) return [];
  return config.type === 'Sequence' ? config.pretokenizers : [config];
}

function preTokenizerOf(config: Step): PreTokenizer {
  switch (config.type) {
    case 'Split':
      return splitBy(compilePattern(config.pattern), config.invert ? inverted(config.behavior) : config.behavior);
    case 'Digits':
      return splitBy(config.individual_digits ? /\p{N}/gu : /\p{N}+/gu, 'Isolated');
    case 'ByteLevel': {
      const split = config.use_regex ? splitBy(compilePattern(byteLevelRule), 'Isolated') : (pieces: Pieces) => pieces;
      return config.add_prefix_space
        ? (pieces) => split(prefix(pieces, ' ', (piece) => !/^\p{White_Space}/u.test(piece)))
        : split;
    }
    case 'Metaspace':
      return metaspace(config);
    case 'Whitespace':
      return splitBy(words, 'matches');
    case 'WhitespaceSplit':
      return splitBy(space, 'Removed');
    case 'BertPreTokenizer': {
      const split = splitBy(punctuation, 'Isolated');
      const apart = splitBy(space, 'Removed');
      return (pieces) => split(apart(pieces));
    }
    case 'Punctuation':
      return splitBy(punctuation, config.behavior);
  }
}

/** What is to be done with matches when all that does not match is meant. */
function inverted(wanted: Behavior): Behavior | 'matches' {
  if (wanted === 'Isolated') return wanted;
  if (wanted === 'Removed') return 'matches';
  throw new Error(`a Split step inverts ${wanted}`);
}

/** sentencepiece's way of writing spaces: a mark in place of each, and one in front of the text. */
function metaspace({ replacement: mark, prepend_scheme, add_prefix_space, split }: Metaspace): PreTokenizer {
  const scheme = prepend_scheme ?? (add_prefix_space ? 'always' : 'never');
  const atMarks = splitBy(compilePattern({ String: mark }), 'MergedWithNext');
  return (pieces) => {
    const wanted = (piece: string, start: number) =>
      scheme !== 'never' &&
      !piece.startsWith(' ') &&
      !piece.startsWith(mark) &&
      (scheme === 'always' || pieces.text.sourceStart(start) === 0);
    const prefixed = replaceSpaces(prefix(pieces, mark, wanted), mark);
    return split ? atMarks(prefixed) : prefixed;
  };
}

/** Puts something in front of the pieces that want it. */
function prefix(pieces: Pieces, text: string, wanted: (piece: string, start: number) => boolean): Pieces {
  const rewriter = new Rewriter(pieces.text);
  const ranges = pieces.ranges.map(([start, end]) => {
    rewriter.keep(start);
    const from = rewriter.length;
    if (end > start && wanted(pieces.text.text.slice(start, end), start)) rewriter.replace(start, text);
    rewriter.keep(end);
    return [from, rewriter.length] as const;
  });
  return { text: rewriter.finish(), ranges };
}

function replaceSpaces(pieces: Pieces, mark: string): Pieces {
  const rewriter = new Rewriter(pieces.text);
  const ranges = pieces.ranges.map(([start, end]) => {
    rewriter.keep(start);
    const from = rewriter.length;
    for (
      let at = pieces.text.text.indexOf(' ', start);
      at >= 0 && at < end;
      at = pieces.text.text.indexOf(' ', at + 1)
    ) {
      rewriter.keep(at);
      rewriter.replace(at + 1, mark);
    }
    rewriter.keep(end);
    return [from, rewriter.length] as const;
  });
  return { text: rewriter.finish(), ranges };
}

/** A stretch of a piece that a pattern matches, or one between two of those. */
type Part = readonly [start: number, end: number, matches: boolean];

/** @param keep `matches`: nothing but what the expression matches */
function splitBy(expression: TextSearch, keep: Behavior | 'matches'): PreTokenizer {
  return ({ text, ranges }) => ({
    text,
    ranges: ranges.flatMap(([start, end]) =>
      kept(partsOf(text.text.slice(start, end), expression), keep).map(
        ([from, to]) => [start + from, start + to] as const,
      ),
    ),
  });
}

/** An empty match separates what stands before it from what comes after, as in the reference. */
function partsOf(piece: string, expression: TextSearch): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of expression[Symbol.matchAll](piece)) {
    if (match.index > end) parts.push([end, match.index, false]);
    end = match.index + match[0].length;
    if (match[0] !== '') parts.push([match.index, end, true]);
  }
  if (end < piece.length) parts.push([end, piece.length, false]);
  return parts;
}

function kept(parts: readonly Part[], keep: Behavior | 'matches'): (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  let previous: boolean | undefined;
  for (const [start, end, matches] of parts) {
    const last = ranges.at(-1);
    if (matches ? keep === 'Removed' : keep === 'matches') {
      previous = undefined;
    } else if (last && isGlued(keep, previous, matches)) {
      last[1] = end;
      previous = matches;
    } else {
      ranges.push([start, end]);
      previous = matches;
    }
  }
  return ranges;
}

function isGlued(keep: Behavior | 'matches', previous: boolean | undefined, matches: boolean): boolean {
  switch (keep) {
    case 'MergedWithPrevious':
      return matches && previous === false;
    case 'MergedWithNext':
      return !matches && previous === true;
    case 'Contiguous':
      return matches && previous === true;
    default:
      return false;
  }
}
