/**
 * Lists the tokens of a captured sequence for JSON output, with segments and places in the file; used by the commands
 * `attend` and `similar`.
 */
import type { CapturedSequence } from '../ipc/engine/messages/attention';

/**
 * Tokens as they are printed, with their segments.
 *
 * @param place says where an offset of the text that was asked about stands for the reader, UTF-16; undefined where that is nowhere
 */
export function tokensOf(
  { ids, texts, ranges, segments }: CapturedSequence,
  place: (offset: number) => number | undefined,
): object[] {
  return segments.flatMap(({ kind, from, to, start }) =>
    Array.from({ length: to - from }, (_, at) => {
      const token = from + at;
      const [begin, end] = [(ranges[2 * token] as number) - start, (ranges[2 * token + 1] as number) - start];
      return {
        id: ids[token],
        text: texts[token],
        segment: kind,
        ...(kind === 'text' && { start: place(begin), end: place(end) }),
      };
    }),
  );
}
