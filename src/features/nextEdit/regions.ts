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

/** A part of the text before, and where it stands now. */
export interface ChangedRegion {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly start: number;
  readonly end: number;
}

const grownBy = ({ oldStart, oldEnd, start, end }: ChangedRegion): number => end - start - (oldEnd - oldStart);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/**
 * @param regions from the top, apart from each other
 * @param changes made at once, told by positions before all of them
 * @param now the text after them
 * @returns the regions with what was changed, from the top; what stands in one line is one
 */
export function withChanges(
  regions: readonly ChangedRegion[],
  changes: readonly ReplacedPart[],
  now: string,
): readonly ChangedRegion[] {
  const changed = changes.toSorted((a, b) => b.offset - a.offset).reduce(withChange, regions);
  const merged: ChangedRegion[] = [];
  for (const region of changed) {
    const last = merged.at(-1);
    if (last && !now.slice(last.end, region.start).includes('\n'))
      merged.splice(-1, 1, { ...region, oldStart: last.oldStart, start: last.start });
    else merged.push(region);
  }
  return merged;
}

function withChange(
  regions: readonly ChangedRegion[],
  { offset, length, text }: ReplacedPart,
): readonly ChangedRegion[] {
  const above = regions.filter(({ end }) => end < offset);
  const below = regions.filter(({ start }) => start > offset + length);
  const touched = regions.slice(above.length, regions.length - below.length);
  const start = Math.min(offset, ...touched.map((one) => one.start));
  const end = Math.max(offset + length, ...touched.map((one) => one.end));
  const shift = sum(above.map(grownBy));
  const by = text.length - length;
  return [
    ...above,
    { oldStart: start - shift, oldEnd: end - shift - sum(touched.map(grownBy)), start, end: end + by },
    ...below.map((one) => ({ ...one, start: one.start + by, end: one.end + by })),
  ];
}

/** The edits that lead from one text to the other, one after the other from the top. */
export function editsOf(before: string, regions: readonly ChangedRegion[], now: string): MadeEdit[] {
  const edits: MadeEdit[] = [];
  let text = before;
  let shift = 0;
  for (const region of regions) {
    const [start, end] = [region.oldStart + shift, region.oldEnd + shift];
    const inserted = now.slice(region.start, region.end);
    if (text.slice(start, end) !== inserted) edits.push({ before: text, start, end, inserted });
    text = text.slice(0, start) + inserted + text.slice(end);
    shift += grownBy(region);
  }
  return edits;
}
