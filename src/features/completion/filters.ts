import { hasGrowingNames } from './growingNames';
import { endsInLoop } from './loops';
import { restOfLine, startOfLine } from './place';
import type { Place } from './place';
import type { Reason } from './reasons';
import { holdsSecret } from '../../common/secrets/secretLines';
import type { Language } from '../../syntax/languages';

/** What a filter may look at besides the text. */
export interface FilterContext {
  readonly place: Place;
  readonly language: Language;
  /** 0…1, of the whole text as the model wrote it. */
  readonly confidence: number;
  readonly minimumConfidence: number;
}

/** Passes a text on, perhaps shortened, or says why it is not shown. */
export type Filter = (text: string, context: FilterContext) => string | Reason;

const confident: Filter = (text, { confidence, minimumConfidence }) =>
  confidence < minimumConfidence ? { kind: 'unsure', confidence, minimum: minimumConfidence } : text;

const notEmpty: Filter = (text) => (text === '' ? { kind: 'wroteNothing' } : text);

const notBlank: Filter = (text) => (text.trim() === '' ? { kind: 'onlyWhitespace' } : text);

/** Whitespace at line ends is noise, unless the cursor's line goes on behind it. */
const withoutTrailingSpace: Filter = (text, { place }) => {
  const inner = text.replace(/[ \t]+(?=\n)/g, '');
  return restOfLine(place).trim() === '' ? inner.trimEnd() : inner;
};

const notSecret: Filter = (text, { place }) =>
  holdsSecret(startOfLine(place) + text) ? { kind: 'looksSecret' } : text;

const notLooping: Filter = (text, { place }) => {
  const start = startOfLine(place);
  const grows = hasGrowingNames(start + text) && !hasGrowingNames(start);
  return grows || endsInLoop(start + text) ? { kind: 'loops' } : text;
};

/** The line before once more — but `}` under `}` and `end` under `end` are how blocks end. */
const notLineBefore: Filter = (text, { place, language }) => {
  const before = lastLine(place.prefix.slice(0, place.prefix.length - startOfLine(place).length));
  const line = (startOfLine(place) + firstLine(text)).trim();
  return says(line, language) && line === before ? { kind: 'repeatsBefore' } : text;
};

/** Cuts off final lines that already stand below the cursor's line. */
const withoutFollowingLines: Filter = (text, { place, language }) => {
  const following = nextLines(place.suffix.slice(restOfLine(place).length));
  const lines = text.split('\n');
  const start = startOfLine(place);
  // The longest run of final lines that equals the lines below; the first line counts with what stands before it.
  for (let from = 0; from < lines.length; from++) {
    const tail = lines.slice(from).map((line, index) => ((from + index === 0 ? start : '') + line).trim());
    if (!tail.some((line) => says(line, language)) || tail.some((line, index) => line !== following[index])) continue;
    return from === 0 ? { kind: 'repeatsFollowing' } : lines.slice(0, from).join('\n').trimEnd();
  }
  return text;
};

/** The rest of the cursor's line once more. */
const notRestOfLine: Filter = (text, { place }) => {
  const rest = restOfLine(place).trim();
  return rest !== '' && text.trim() === rest ? { kind: 'repeatsFollowing' } : text;
};

/** In order; a filter that shortens stands before those that judge what is left. */
export const filters: readonly Filter[] = [
  notEmpty,
  confident,
  notBlank,
  withoutTrailingSpace,
  notSecret,
  notLooping,
  notLineBefore,
  notRestOfLine,
  withoutFollowingLines,
  notBlank,
];

/** Runs all filters. @returns the text to show, or the first reason not to. */
export function applyFilters(text: string, context: FilterContext): string | Reason {
  let current = text;
  for (const filter of filters) {
    const next = filter(current, context);
    if (typeof next !== 'string') return next;
    current = next;
  }
  return current;
}

/** Whether a line, without its indentation, does more than to close a block. */
function says(line: string, language: Language): boolean {
  return /\p{L}/u.test(line) && !(language.blocks.closes?.test(line) === true && !/\s/.test(line));
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}

/** The last line that is not blank, trimmed. */
function lastLine(text: string): string {
  return firstLine(text.trimEnd().split('\n').at(-1) ?? '').trim();
}

/** The lines below the cursor's, trimmed, from the first that is not blank. */
function nextLines(following: string): string[] {
  return following
    .trimStart()
    .split('\n', 50)
    .map((line) => line.trim());
}
