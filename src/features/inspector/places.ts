/**
 * Maps the segments and tokens of a model's input to offsets and lines of the document they come from. Used by
 * `source.ts`, `captureRequest.vscode.ts` and the command line; pure functions.
 */
import { firstIndex } from '../../common/firstIndex';
import type { CapturedSequence, SequenceSegment } from './messages';

/** Where the model's input comes from in a document, in offsets of the document's text with `\n` for line ends. */
export interface InputOrigin {
  /** Text of the document at the time of the capture. */
  readonly text: string;
  /** Where the subject's text begins: a selection. */
  readonly start?: number;
  /** Where the cursor stood that a suggestion was written for. */
  readonly cursor?: number;
}

/** For each segment its offset in the document; undefined where it is not in it. */
export function placesOf(
  { text, segments }: Pick<CapturedSequence, 'text' | 'segments'>,
  { text: document, start, cursor }: InputOrigin,
): (number | undefined)[] {
  const has = (segment: string, at: number | undefined): number | undefined =>
    at !== undefined && at >= 0 && segment !== '' && document.startsWith(segment, at) ? at : undefined;
  const before = (own: string): number | undefined =>
    cursor === undefined ? undefined : beforeCursor(own, document, cursor);
  const generated = segments
    .filter(({ kind }) => kind === 'generated')
    .map((segment) => textOf(text, segment))
    .join('');
  /** What a model writes begins where its prompt ends, which may be a token before the cursor. */
  const endOfPrefix = (): number | undefined => {
    const prefix = segments.findLast(({ kind }) => kind === 'prefix' || kind === 'text');
    const own = prefix && textOf(text, prefix);
    const at = own === undefined ? undefined : before(own);
    return own === undefined || at === undefined ? undefined : at + own.length;
  };
  const place = (segment: SequenceSegment): number | undefined => {
    const own = textOf(text, segment);
    switch (segment.kind) {
      case 'text':
        return start === undefined ? before(own) : (has(own, start) ?? beginning(own, document, start));
      case 'prefix':
        return before(own);
      case 'generated':
        return has(own, cursor) ?? has(own, endOfPrefix());
      case 'rest':
        return cursor === undefined ? undefined : (has(own, cursor) ?? has(own, cursor + generated.length));
      case 'suffix': {
        if (cursor === undefined) return undefined;
        const lineEnd = document.indexOf('\n', cursor);
        return (
          has(own, cursor) ?? has(own, lineEnd + 1) ?? (lineEnd < 0 ? undefined : found(document.indexOf(own, cursor)))
        );
      }
      case 'special':
      case 'path':
      case 'context':
      case 'around':
        return undefined;
    }
  };
  return segments.map(place);
}

/** Longer than the last token before a cursor, which models write again. UTF-16 units. */
const maxHealed = 64;

/** Where a text begins that a prompt has of what stands before a cursor: to the end, or but for a last token. */
function beforeCursor(own: string, document: string, cursor: number): number | undefined {
  if (own === '') return undefined;
  const least = Math.max(own.length, cursor - maxHealed);
  for (let end = cursor; end >= least; end--) if (document.startsWith(own, end - own.length)) return end - own.length;
  return undefined;
}

/** A model may have left out blanks around a text. */
function beginning(own: string, document: string, start: number | undefined): number | undefined {
  if (start === undefined || own === '') return undefined;
  const at = document.indexOf(own, start);
  return at >= 0 && document.slice(start, at).trim() === '' ? at : undefined;
}

/** Where the cursor is that a text stood before; undefined where the document has no such place. */
export function cursorAfter(document: string, prefix: string, near: number): number | undefined {
  const tail = prefix.slice(-400);
  if (tail === '') return 0;
  const before = document.lastIndexOf(tail, Math.max(0, near - tail.length));
  const after = document.indexOf(tail, Math.max(0, near - tail.length));
  const at = before >= 0 ? before : after;
  return at < 0 ? undefined : at + tail.length;
}

/** Line of the file, counted from 1, that each segment begins on; 0 where it is in none. */
export function firstLinesOf(document: string, places: readonly (number | undefined)[]): number[] {
  return places.map((at) => (at === undefined ? 0 : 1 + (document.slice(0, at).match(/\n/g)?.length ?? 0)));
}

/** Two offsets for each token in the document as it was, line ends counted as `eol` units; -1 where it is in none. */
export function tokenOffsets(
  { text, ranges, segments }: Pick<CapturedSequence, 'text' | 'ranges' | 'segments'>,
  document: string,
  places: readonly (number | undefined)[],
  eol: 1 | 2,
): Int32Array {
  const offsets = new Int32Array(ranges.length).fill(-1);
  const real = eol === 1 ? (offset: number) => offset : offsetsWithReturns(document);
  segments.forEach((segment, index) => {
    const at = places[index];
    if (at === undefined || textOf(text, segment) === '') return;
    for (let token = segment.from; token < segment.to; token++) {
      offsets[2 * token] = real(at + (ranges[2 * token] as number) - segment.start);
      offsets[2 * token + 1] = real(at + (ranges[2 * token + 1] as number) - segment.start);
    }
  });
  return offsets;
}

function offsetsWithReturns(document: string): (offset: number) => number {
  const ends = [...document.matchAll(/\n/g)].map(({ index }) => index);
  return (offset) => offset + firstIndex(ends.length, (line) => (ends[line] as number) >= offset);
}

function textOf(text: string, { start, end }: SequenceSegment): string {
  return text.slice(start, end);
}

function found(at: number): number | undefined {
  return at < 0 ? undefined : at;
}
