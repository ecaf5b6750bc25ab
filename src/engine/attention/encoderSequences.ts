/**
 * Turns texts into the token sequences an encoder is given, with ranges, segments and special tokens; used by
 * `sequenceFolder.ts` and by the similarity splitter.
 */
import { TextFramer } from '../encoder/texts';
import { withSurroundings } from '../../modelFolder/table/surroundings';
import type { EncoderFolder, TextKind } from '../../modelFolder/layouts/types';
import type { CapturedSequence, SequenceSegment } from '../../ipc/engine/messages/attention';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import { sequenceOf } from './sequence';
import type { SequencePart } from './sequence';

/** Texts as an encoder reads them. */
export class EncoderSequences {
  readonly #framer: TextFramer;
  readonly #special: ReadonlySet<number>;

  constructor(
    private readonly folder: EncoderFolder,
    private readonly tokenizer: Tokenizer,
  ) {
    this.#framer = new TextFramer(folder, tokenizer);
    this.#special = new Set(tokenizer.specialIds);
  }

  /** Cut to what the model takes. @param around definitions that the text stands in, which go in front of it */
  of(kind: TextKind, text: string, around = ''): CapturedSequence {
    const shown = this.folder.prefixes[kind] + withSurroundings(around, text);
    const ids = Array.from(this.#framer.frame(kind, withSurroundings(around, text)).ids);
    const isText = (id: number): boolean => !this.#special.has(id);
    const first = ids.findIndex(isText);
    const last = ids.findLastIndex(isText);
    const [own, before, after] =
      first < 0 ? [[], ids, []] : [ids.slice(first, last + 1), ids.slice(0, first), ids.slice(last + 1)];
    const sequence = framed(shown, own, { before, after }, this.tokenizer);
    return shown.startsWith(sequence.text) ? withAround(sequence, shown.length - text.length) : sequence;
  }
}

/** Special tokens around a text. Ranges are the tokenizer's own where it is the text alone that was tokenized. */
export function framed(
  text: string,
  ids: readonly number[],
  { before, after }: { before: readonly number[]; after: readonly number[] },
  tokenizer: Tokenizer,
): CapturedSequence {
  const parts: SequencePart[] = [
    { kind: 'special', ids: before },
    { kind: 'text', ids },
    { kind: 'special', ids: after },
  ];
  const known = tokenizer.encodeWithRanges(text);
  const same = ids.every((id, at) => id === known.ids[at]);
  if (!same) return sequenceOf(parts, tokenizer);
  const end = ids.length === 0 ? 0 : (known.ranges[2 * ids.length - 1] as number);
  const ranges = [
    ...before.flatMap(() => [0, 0]),
    ...known.ranges.subarray(0, 2 * ids.length),
    ...after.flatMap(() => [end, end]),
  ];
  const texts = [
    ...before.map(() => ''),
    ...ids.map((_, at) => text.slice(known.ranges[2 * at], known.ranges[2 * at + 1])),
    ...after.map(() => ''),
  ];
  const segments: CapturedSequence['segments'] = [];
  for (const { kind, ids: own } of parts) {
    const from = segments.at(-1)?.to ?? 0;
    const start = segments.at(-1)?.end ?? 0;
    if (own.length > 0) segments.push({ kind, from, to: from + own.length, start, end: kind === 'text' ? end : start });
  }
  return {
    ids: Int32Array.from([...before, ...ids, ...after]),
    texts,
    text: text.slice(0, end),
    ranges: Uint32Array.from(ranges),
    segments,
  };
}

/**
 * Tells what stands around a piece of code from the code itself, which begins at `offset` of the text. Of a token that
 * begins with the white space in front of the code, only the code counts.
 */
export function withAround(sequence: CapturedSequence, offset: number): CapturedSequence {
  if (offset === 0) return sequence;
  const { text } = sequence;
  const ranges = sequence.ranges.slice();
  for (let at = 0; at < ranges.length; at += 2) {
    const [start, end] = [ranges[at] as number, ranges[at + 1] as number];
    if (start < offset && end > offset && text.slice(start, offset).trim() === '') ranges[at] = offset;
  }
  return {
    ...sequence,
    ranges,
    segments: sequence.segments.flatMap((segment) =>
      segment.kind === 'text' ? splitAt(segment, offset, ranges) : [segment],
    ),
  };
}

/** Any other token that begins before the offset belongs to what is before it, whole. */
function splitAt(segment: SequenceSegment, offset: number, ranges: Uint32Array): SequenceSegment[] {
  const { from, to, start, end } = segment;
  let first = from;
  while (first < to && (ranges[2 * first] as number) < offset) first++;
  const between = Math.min(end, Math.max(offset, first === from ? start : (ranges[2 * first - 1] as number)));
  const around: SequenceSegment = { kind: 'around', from, to: first, start, end: between };
  const code: SequenceSegment = { kind: 'text', from: first, to, start: between, end };
  return [around, code].filter((part) => part.to > part.from);
}
