/**
 * The normalisation steps of a `tokenizer.json`, as functions on aligned text; created by `definition.ts`. Source
 * offsets are kept through every step.
 */
import * as v from 'valibot';
import { replaceMatches, Rewriter } from './aligned';
import type { Aligned } from './aligned';
import { charsMap } from './charsMap';
import { compilePattern, pattern } from './pattern';

export type Normalizer = (text: Aligned) => Aligned;

const unicodeForm = v.picklist(['NFC', 'NFD', 'NFKC', 'NFKD']);
type UnicodeForm = v.InferOutput<typeof unicodeForm>;

const step = v.variant('type', [
  v.object({ type: unicodeForm }),
  v.object({ type: v.literal('Lowercase') }),
  v.object({ type: v.literal('StripAccents') }),
  v.object({ type: v.literal('Strip'), strip_left: v.boolean(), strip_right: v.boolean() }),
  v.object({ type: v.literal('Prepend'), prepend: v.string() }),
  v.object({ type: v.literal('Replace'), pattern, content: v.string() }),
  v.object({ type: v.literal('Precompiled'), precompiled_charsmap: v.string() }),
  v.object({
    type: v.literal('BertNormalizer'),
    clean_text: v.boolean(),
    handle_chinese_chars: v.boolean(),
    strip_accents: v.nullish(v.boolean()),
    lowercase: v.boolean(),
  }),
]);
type Step = v.InferOutput<typeof step>;

/** The ways of normalising that are understood; `Sequence` of none is written by some converters. */
export const normalizer = v.union([step, v.object({ type: v.literal('Sequence'), normalizers: v.array(step) })]);

/** @throws {Error} where a pattern or a table cannot be read */
export function createNormalizer(config: v.InferOutput<typeof normalizer> | null | undefined): Normalizer {
  if (!config) return (text) => text;
  return inTurn(config.type === 'Sequence' ? config.normalizers.map(normalizerOf) : [normalizerOf(config)]);
}

const inTurn =
  (steps: readonly Normalizer[]): Normalizer =>
  (text) =>
    steps.reduce((current, next) => next(current), text);

function normalizerOf(config: Step): Normalizer {
  switch (config.type) {
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return (text) => toForm(text, config.type);
    case 'Lowercase':
      return lowerCase;
    case 'StripAccents':
      return (text) => replaceMatches(text, /\p{M}+/gu, () => '');
    case 'Strip':
      return (text) => {
        const left = config.strip_left ? replaceMatches(text, /^\p{White_Space}+/gu, () => '') : text;
        return config.strip_right ? replaceMatches(left, /\p{White_Space}+$/gu, () => '') : left;
      };
    case 'Prepend':
      return (text) => (text.text === '' ? text : prepended(text, config.prepend));
    case 'Replace': {
      const expression = compilePattern(config.pattern);
      return (text) => replaceMatches(text, expression, () => config.content);
    }
    case 'Precompiled':
      return charsMap(Buffer.from(config.precompiled_charsmap, 'base64'));
    case 'BertNormalizer':
      return inTurn([
        ...(config.clean_text ? [cleanUp] : []),
        ...(config.handle_chinese_chars ? [setIdeographsApart] : []),
        ...((config.strip_accents ?? config.lowercase) ? [dropAccents] : []),
        ...(config.lowercase ? [lowerCase] : []),
      ]);
  }
}

export function prepended(source: Aligned, text: string): Aligned {
  const rewriter = new Rewriter(source);
  rewriter.replace(0, text);
  return rewriter.finish();
}

/** Letter by letter, so that no letter depends on its neighbours, as the reference does it. */
const lowerCase: Normalizer = (text) =>
  replaceMatches(text, /\p{Changes_When_Lowercased}/gu, (letter) => letter.toLowerCase());

/** Characters that say nothing go: controls, formats and the like but tab and line ends. Every space becomes the plain one. */
const cleanUp: Normalizer = (text) =>
  replaceMatches(
    replaceMatches(text, /(?![\t\n\r])[\ufffd\p{Cc}\p{Cf}\p{Co}]/gu, () => ''),
    /\p{White_Space}/gu,
    () => ' ',
  );

const ideograph =
  /[\u{4e00}-\u{9fff}\u{3400}-\u{4dbf}\u{20000}-\u{2a6df}\u{2a700}-\u{2b73f}\u{2b740}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{f900}-\u{faff}\u{2f800}-\u{2fa1f}]/gu;

const setIdeographsApart: Normalizer = (text) => {
  let rewriter: Rewriter | undefined;
  for (const { index, 0: one } of text.text.matchAll(ideograph)) {
    rewriter ??= new Rewriter(text);
    rewriter.keep(index);
    rewriter.replace(index, ' ');
    rewriter.keep(index + one.length);
    rewriter.replace(index + one.length, ' ');
  }
  return rewriter?.finish() ?? text;
};

const dropAccents: Normalizer = (text) => replaceMatches(toForm(text, 'NFD'), /\p{Mn}+/gu, () => '');

/**
 * A code point and all that may compose with it or change places: marks, and the vowels and final consonants of Korean.
 * Finer than needed in no case that matters, and checked against the normalisation of the whole.
 */
const composingRun = /[^][\p{M}\u1160-\u11ff\uff9e\uff9f]*/gu;

function toForm(source: Aligned, form: UnicodeForm): Aligned {
  const whole = source.text.normalize(form);
  if (whole === source.text) return source;
  const inRuns = replaceMatches(source, composingRun, (run) => run.normalize(form));
  if (inRuns.text === whole) return inRuns;
  const rewriter = new Rewriter(source);
  rewriter.replace(source.text.length, whole);
  return rewriter.finish();
}
