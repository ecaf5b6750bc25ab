/**
 * Parts of a text that were changed, followed through further changes; used by the recorder to tell what stood there before.
 * Pure functions. Positions are UTF-16 units of texts with `\n` as line end.
 */
import type { MadeEdit } from '../../nearby/edits/editPattern';

/** A part of a text that was replaced: where it stood, and what came. */
export interface ReplacedPart {
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

/** A part of the text before, and what stands in its place now. */
export interface ChangedRegion {
  readonly oldStart: number;
  readonly oldEnd: number;
  /** Where it begins now. */
  readonly start: number;
  readonly text: string;
}

export const endOf = ({ start, text }: ChangedRegion): number => start + text.length;
const grownBy = ({ oldStart, oldEnd, text }: ChangedRegion): number => text.length - (oldEnd - oldStart);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/**
 * @param before the text before all regions
 * @param regions from the top, apart from each other
 * @param changes made at once, told by positions before all of them
 * @returns the regions with what was changed, from the top; what stands in one line is one
 */
export function withChanges(
  before: string,
  regions: readonly ChangedRegion[],
  changes: readonly ReplacedPart[],
): readonly ChangedRegion[] {
  const changed = changes
    .toSorted((a, b) => b.offset - a.offset)
    .reduce((all, change) => withChange(before, all, change), regions);
  const merged: ChangedRegion[] = [];
  for (const region of changed) {
    const last = merged.at(-1);
    const between = last && before.slice(last.oldEnd, region.oldStart);
    if (last === undefined || between === undefined || between.includes('\n')) merged.push(region);
    else merged.splice(-1, 1, { ...last, oldEnd: region.oldEnd, text: last.text + between + region.text });
  }
  return merged;
}

/** What is not near the change is not read: it costs as much in a long text as in a short one. */
function withChange(
  before: string,
  regions: readonly ChangedRegion[],
  { offset, length, text }: ReplacedPart,
): readonly ChangedRegion[] {
  const above = regions.filter((one) => endOf(one) < offset);
  const below = regions.filter(({ start }) => start > offset + length);
  const touched = regions.slice(above.length, regions.length - below.length);
  const start = Math.min(offset, ...touched.map((one) => one.start));
  const end = Math.max(offset + length, ...touched.map(endOf));
  let shift = sum(above.map(grownBy));
  const oldStart = start - shift;
  let stood = '';
  for (const one of touched) {
    stood += before.slice(start + stood.length - shift, one.oldStart) + one.text;
    shift += grownBy(one);
  }
  stood += before.slice(start + stood.length - shift, end - shift);
  const now = stood.slice(0, offset - start) + text + stood.slice(offset + length - start);
  const by = text.length - length;
  return [
    ...above,
    { oldStart, oldEnd: end - shift, start, text: now },
    ...below.map((one) => ({ ...one, start: one.start + by })),
  ];
}

/** The edits that lead from the text before to the one now, one after the other from the top. */
export function editsOf(before: string, regions: readonly ChangedRegion[]): MadeEdit[] {
  const edits: MadeEdit[] = [];
  let text = before;
  for (const { oldStart, oldEnd, start, text: inserted } of regions) {
    // Those above are made already.
    const end = start + oldEnd - oldStart;
    if (text.slice(start, end) !== inserted) edits.push({ before: text, start, end, inserted });
    text = text.slice(0, start) + inserted + text.slice(end);
  }
  return edits;
}

/** The text that the regions stand in now. */
export function textWith(before: string, regions: readonly ChangedRegion[]): string {
  const pieces: string[] = [];
  let at = 0;
  for (const { oldStart, oldEnd, text } of regions) {
    pieces.push(before.slice(at, oldStart), text);
    at = oldEnd;
  }
  return [...pieces, before.slice(at)].join('');
}
