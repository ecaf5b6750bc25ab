import { splitAtCursor, unixLineEnds } from '../prompt/cursor';
import { createStopRule } from '../decoder/stopping';
import type { CompletionMode, CopiedFrom } from '../protocol';
import { confidenceOf } from './confidence';

/** A text to copy from. */
export interface Source {
  /** Where it is from, as the one who asks named it. */
  readonly path: string;
  readonly text: string;
}

/** What is copied, and what is known of how well it suits the place. */
export interface Copy {
  readonly text: string;
  readonly from: CopiedFrom;
  /** Probability in 0…1 that a programmer would have written exactly this. */
  readonly confidence: number;
}

export interface CopyPlace {
  /** As in `CompleteParams`. */
  readonly path: string;
  readonly prefix: string;
  readonly suffix: string;
  readonly mode: CompletionMode;
}

/** What the confidence is computed from. */
export interface Evidence {
  /** How many characters the text before the cursor and that before the copied text end with in common. */
  readonly agreement: number;
  /** Of those, the ones that are no blanks. */
  readonly telling: number;
  /** How many places agree that far, and the share of them that go on like the copied one. */
  readonly places: number;
  readonly share: number;
  readonly length: number;
  readonly isOwnFile: boolean;
  /** Whether something stands right of the cursor. */
  readonly hasRest: boolean;
  readonly isBlock: boolean;
}

/** Characters that have to agree; fewer are looked at only where more do nowhere. */
const agreements = [32, 16, 8, 5] as const;
/** Agreements beyond this are all alike. */
const longestAgreement = 400;
const longestContinuation = 1_500;
/** Places that are compared; the first ones in the order of the sources. */
const mostPlaces = 500;
/** Characters by which two continuations are told apart. */
const toldApartBy = 24;

interface Match {
  readonly source: Source;
  readonly at: number;
  readonly agreement: number;
}

/**
 * The text that followed where something else ended like the text before the cursor: code repeats itself. The place
 * that has most in common counts; of equals that in the earliest source, there the last one.
 *
 * @param others nearest first; the text around the cursor itself comes before them
 * @returns `undefined` where nothing is found, or where nothing would be proposed
 */
export function findCopy(place: CopyPlace, others: readonly Source[]): Copy | undefined {
  const found = findEvidence(place, others);
  return found && { text: found.text, from: found.from, confidence: confidenceOf(found.evidence) };
}

/** The same with what its confidence is computed from. */
export function findEvidence(place: CopyPlace, others: readonly Source[]): (Omit<Copy, 'confidence'> & { evidence: Evidence }) | undefined {
  const { prefix, rest } = splitAtCursor(place.prefix, place.suffix);
  const above: Source = { path: place.path, text: prefix };
  const below: Source = { path: place.path, text: unixLineEnds(place.suffix) };
  const matches = matchesOf(prefix, [above, below, ...others]);
  const best = bestOf(matches);
  if (!best) return undefined;
  const continuation = best.source.text.slice(best.at, best.at + longestContinuation);
  const rule = createStopRule(place.mode, place.path, prefix, rest);
  const text = continuation.slice(0, rule.check(continuation).end ?? rule.finish(continuation, 'cutOff'));
  if (text.trim() === '') return undefined;

  const equals = matches.filter(({ agreement }) => agreement === best.agreement);
  const beginning = continuation.slice(0, toldApartBy);
  const alike = equals.filter(({ source, at }) => source.text.startsWith(beginning, at)).length;
  const agreed = prefix.slice(prefix.length - best.agreement);
  return {
    text,
    from: fromOf(best, above, below),
    evidence: {
      agreement: best.agreement,
      telling: agreed.replace(/\s+/g, '').length,
      places: equals.length,
      share: alike / equals.length,
      length: text.length,
      isOwnFile: best.source === above || best.source === below,
      hasRest: rest.trim() !== '',
      isBlock: place.mode === 'block',
    },
  };
}

function fromOf({ source, at }: Match, above: Source, below: Source): CopiedFrom {
  if (source === above) return { kind: 'here', lines: -lineBreaks(above.text.slice(at)) };
  if (source === below) return { kind: 'here', lines: lineBreaks(below.text.slice(0, at)) };
  return { kind: 'file', path: source.path, line: 1 + lineBreaks(source.text.slice(0, at)) };
}

const lineBreaks = (text: string): number => text.split('\n').length - 1;

function matchesOf(prefix: string, sources: readonly Source[]): Match[] {
  for (const agreement of agreements) {
    if (prefix.length < agreement) continue;
    const key = prefix.slice(-agreement);
    const matches: Match[] = [];
    for (const source of sources) {
      for (let from = source.text.indexOf(key); from >= 0 && matches.length < mostPlaces; from = source.text.indexOf(key, from + 1)) {
        const at = from + agreement;
        // The place itself is no other place.
        if (source.text === prefix && at === prefix.length) continue;
        matches.push({ source, at, agreement: agreement + commonEnding(source.text, from, prefix, prefix.length - agreement) });
      }
    }
    if (matches.length > 0) return matches;
  }
  return [];
}

function bestOf(matches: readonly Match[]): Match | undefined {
  let best: Match | undefined;
  for (const match of matches) {
    if (!best || match.agreement > best.agreement || (match.agreement === best.agreement && match.source === best.source)) best = match;
  }
  return best;
}

/** How many characters before the two ends are the same. */
function commonEnding(a: string, endA: number, b: string, endB: number): number {
  const most = Math.min(endA, endB, longestAgreement);
  let length = 0;
  while (length < most && a.charCodeAt(endA - 1 - length) === b.charCodeAt(endB - 1 - length)) length++;
  return length;
}
