/**
 * Finds where an edit fits again, and what it is there, with the names of that place; used to suggest the next edit and by its
 * benchmark. Runs no model and decides nothing: `choice.ts` weighs the evidence.
 */
import { firstIndex } from '../../common/firstIndex';
import { rename } from '../renaming';
import type { CodeToken, StringCut } from './codeTokens';
import { indentationAt, openingOf } from './editPattern';
import type { EditPattern } from './editPattern';
import { PatternMatcher } from './patternMatcher';
import type { Fit, PatternMatch } from './patternMatcher';

/** A file that is searched. */
export interface TokenizedText {
  readonly path: string;
  readonly text: string;
  /** Cut when first asked for: most files hold nothing of the edit. */
  readonly tokens: (strings: StringCut) => readonly CodeToken[];
}

/** A place where the edit fits, and what would stand there. */
export interface AnalogousEdit {
  readonly path: string;
  /** What would be replaced: UTF-16 units of the file. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Names there → names here, where they differ. */
  readonly renames: ReadonlyMap<string, string>;
  readonly fit: Fit;
  /** The first word or sign of the line that it begins in. */
  readonly opening: string;
}

/** Places in one file; with more of them, the edit is none that is made everywhere. */
const maxSites = 200;
/** Places that are compared in one file. */
const maxCompared = 5_000;

/** All places in a text where the pattern fits, in their order. */
export function analogousEdits(pattern: EditPattern, source: TokenizedText): AnalogousEdit[] {
  const matcher = new PatternMatcher(pattern);
  const found: AnalogousEdit[] = [];
  for (const at of placesToCompare(matcher, source)) {
    const match = matcher.at(source.tokens(pattern.strings), at);
    if (match) found.push(told(pattern, source, at, match));
    if (found.length === maxSites) break;
  }
  return found;
}

/** Indices of tokens, in order, at which an anchor stands where it has to. */
function placesToCompare({ anchors, strings }: PatternMatcher, source: TokenizedText): number[] {
  const { text } = source;
  const tokens = (): readonly CodeToken[] => source.tokens(strings);
  const places = new Set<number>();
  for (const { text: wanted, offset } of anchors) {
    for (let at = text.indexOf(wanted); at >= 0 && places.size < maxCompared; at = text.indexOf(wanted, at + 1)) {
      const index = tokenAt(tokens(), at);
      if (index !== undefined && tokens()[index]?.text === wanted && index - offset >= 0) places.add(index - offset);
    }
  }
  return [...places].sort((a, b) => a - b);
}

/** Index of the token that starts at an offset. */
function tokenAt(tokens: readonly CodeToken[], offset: number): number | undefined {
  const at = firstIndex(tokens.length, (index) => (tokens[index]?.start ?? Infinity) >= offset);
  return tokens[at]?.start === offset ? at : undefined;
}

/** The edit with the names of the place, and its blanks. */
function told(
  pattern: EditPattern,
  { path, text, tokens: tokensOf }: TokenizedText,
  at: number,
  match: PatternMatch,
): AnalogousEdit {
  const tokens = tokensOf(pattern.strings);
  const start = tokens[at - 1]?.end ?? 0;
  const stop = tokens[at + pattern.removed.length]?.start ?? text.length;
  const changed = new Map([...match.renames].filter(([from, to]) => from !== to));
  const written = withBlanks(rename(pattern.gapAfter, changed), pattern.gapBefore, text.slice(start, stop));
  const startsLine = text.charAt(start - 1) === '\n' || start === 0;
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  return {
    path,
    start,
    end: stop,
    text: reindent(written, pattern.indentation, indentationAt(text, start), startsLine),
    renames: changed,
    fit: match.fit,
    opening: openingOf(text, lineStart),
  };
}

/** Blanks at both ends stay as the place has them, where the edit left them as they were. */
function withBlanks(text: string, gapBefore: string, gap: string): string {
  const [leading, trailing] = [/^\s*/, /\s*$/];
  const keep = (pattern: RegExp): boolean =>
    pattern.exec(text)?.[0] === pattern.exec(gapBefore)?.[0] && gapBefore.trim() !== '' && gap.trim() !== '';
  let result = text;
  if (keep(leading)) result = result.replace(leading, () => leading.exec(gap)?.[0] ?? '');
  if (keep(trailing)) result = result.replace(trailing, () => trailing.exec(gap)?.[0] ?? '');
  return result;
}

/** Lines that began with the blanks of the edit's place begin with those of this one. */
function reindent(text: string, from: string, to: string, startsLine: boolean): string {
  const lead = startsLine ? '\n' : '';
  return `${lead}${text}`
    .replace(/\n([^\S\n]*)(?=\S|$)/g, (whole, blanks: string) =>
      blanks.startsWith(from) ? `\n${to}${blanks.slice(from.length)}` : whole,
    )
    .slice(lead.length);
}
