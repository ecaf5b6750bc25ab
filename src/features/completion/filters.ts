/**
 * The ordered filters that shorten or refuse a text from the model before it is shown: too unsure, blank, secret,
 * garbled, looping or repeating. Used by the completer and the command line; pure functions.
 */
import { hasGrowingNames } from './growingNames';
import { endsInLoop, isDrawn } from './repetition';
import { restOfLine, startOfLine } from './cursorContext';
import type { CursorContext } from './cursorContext';
import type { NoSuggestionReason } from './reasons';
import { holdsSecret } from '../../common/secrets/secretLines';
import type { Language } from '../../syntax/languages';

/** What a filter may look at besides the text. */
export interface FilterContext {
  readonly cursor: CursorContext;
  readonly language: Language;
  /** 0…1, of the whole text as the model wrote it. */
  readonly confidence: number;
  readonly minimumConfidence: number;
}

/** Passes a text on, perhaps shortened, or says why it is not shown. */
export type Filter = (text: string, context: FilterContext) => string | NoSuggestionReason;

const confident: Filter = (text, { confidence, minimumConfidence }) =>
  confidence < minimumConfidence ? { kind: 'unsure', confidence, minimum: minimumConfidence } : text;

const notEmpty: Filter = (text) => (text === '' ? { kind: 'wroteNothing' } : text);

const notBlank: Filter = (text) => (text.trim() === '' ? { kind: 'onlyWhitespace' } : text);

/** Whitespace at line ends is noise, unless the cursor's line goes on behind it. */
const withoutTrailingSpace: Filter = (text, { cursor }) => {
  const inner = text.replace(/[ \t]+(?=\n)/g, '');
  return restOfLine(cursor).trim() === '' ? inner.trimEnd() : inner;
};

const notSecret: Filter = (text, { cursor }) =>
  holdsSecret(startOfLine(cursor) + text) ? { kind: 'looksSecret' } : text;

/** What stands for bytes that no encoding has, but where the place has it as well. */
const notGarbled: Filter = (text, { cursor }) =>
  text.includes('\uFFFD') && !(cursor.prefix + cursor.suffix).includes('\uFFFD') ? { kind: 'garbled' } : text;

const notLooping: Filter = (text, { cursor }) => {
  const start = startOfLine(cursor);
  const grows = hasGrowingNames(start + text) && !hasGrowingNames(start);
  return grows || endsInLoop(start + text) ? { kind: 'loops' } : text;
};

/** The line before once more — but `}` under `}` is how blocks end, and `end` under an `end` of another block. */
const notLineBefore: Filter = (text, { cursor, language }) => {
  const before = lastLine(cursor.prefix.slice(0, cursor.prefix.length - startOfLine(cursor).length));
  const line = startOfLine(cursor) + firstLine(text);
  return hasWord(line) && isSameLine(line, before, language) ? { kind: 'repeatsBefore' } : text;
};

/** Cuts off final lines that already stand below the cursor's line. */
const withoutFollowingLines: Filter = (text, { cursor, language }) => {
  const following = nextLines(cursor.suffix.slice(restOfLine(cursor).length));
  const lines = text.split('\n');
  const start = startOfLine(cursor);
  // The longest run of final lines that equals the lines below; the first line counts with what stands before it.
  for (let from = 0; from < lines.length; from++) {
    const tail = lines.slice(from).map((line, index) => (from + index === 0 ? start : '') + line);
    const isBelow = tail.every((line, index) => isSameLine(line, following[index] ?? '', language));
    if (!isBelow || !hasWord(tail.join(''))) continue;
    return from === 0 ? { kind: 'repeatsFollowing' } : lines.slice(0, from).join('\n').trimEnd();
  }
  return text;
};

/** The rest of the cursor's line once more. */
const notRestOfLine: Filter = (text, { cursor }) => {
  const rest = restOfLine(cursor).trim();
  return rest !== '' && text.trim() === rest ? { kind: 'repeatsFollowing' } : text;
};

/** In order; a filter that shortens stands before those that judge what is left. */
export const filters: readonly Filter[] = [
  notEmpty,
  confident,
  notBlank,
  withoutTrailingSpace,
  notSecret,
  notGarbled,
  notLooping,
  notLineBefore,
  notRestOfLine,
  withoutFollowingLines,
  notBlank,
];

/** Runs all filters. @returns the text to show, or the first reason not to. */
export function applyFilters(text: string, context: FilterContext): string | NoSuggestionReason {
  let current = text;
  for (const filter of filters) {
    const next = filter(current, context);
    if (typeof next !== 'string') return next;
    current = next;
  }
  return current;
}

/** Whether a text says something: a row of numbers may hold letters, `0xFF`, and says no more than a line of brackets. */
function hasWord(text: string): boolean {
  return /\p{L}/u.test(text) && !isDrawn(text);
}

/** Words and tags that do nothing but close a block, in whatever language. */
const closing = /^(?:end\w*(?:\s+\w+)?|fi|done|esac|<\/[^<>]*>)[\s;,.)]*$/i;

/** Whether two lines say the same. Of lines that only close a block, the indentation says which block. */
function isSameLine(a: string, b: string, { blocks }: Language): boolean {
  const said = a.trim();
  if (said !== b.trim()) return false;
  return !(closing.test(said) || blocks.closes?.test(said) === true) || a.trimEnd() === b.trimEnd();
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

/** The last line that is not blank. */
function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1) ?? '';
}

/** The lines below the cursor's, from the first that is not blank. */
function nextLines(following: string): string[] {
  return following.replace(/^(?:[^\S\n]*\n)+/, '').split('\n', 50);
}
