/** Where a programmer pauses, and what is left to write there: pure functions of a file's text and syntax. */
import type { Range, Syntax } from './syntax';

/** Where single-line tasks are cut; `any` is a row of its own, `body` the place of multi-line tasks. */
export const pauses = ['newline', 'space', 'dot', 'paren'] as const;
export type Pause = (typeof pauses)[number];
export type Cut = Pause | 'any' | 'body';

/**
 * A place to complete. The editor closes brackets and quotes as they are opened, so what stands behind the cursor is
 * `rest`, the closers of what this line has opened, and `answer` ends where the innermost of them is closed in truth.
 * `line` is the whole remainder of the line, for an editor that closes nothing.
 */
export type Place = { cut: Cut; offset: number; answer: Range; rest: string; line: Range };

const maxLineLength = 160;
const minAnswerLength = 3;

/** Whether an answer says something: a closing bracket alone is no task. */
const worthAsking = (answer: string): boolean =>
  /\w/.test(answer) && answer.replaceAll(/\s/g, '').length >= minAnswerLength;

/** The lines of code in a file, without indentation and trailing blanks; none with comments or long strings. */
export function codeLines(text: string, { prose }: Syntax): Range[] {
  const lines: Range[] = [];
  let start = 0;
  for (const line of text.split('\n')) {
    const range = { start: start + line.length - line.trimStart().length, end: start + line.trimEnd().length };
    if (range.end > range.start && range.end - range.start <= maxLineLength) lines.push(range);
    start += line.length + 1;
  }
  const sorted = [...prose].sort((a, b) => a.start - b.start);
  let next = 0;
  return lines.filter((line) => {
    while (next < sorted.length && sorted[next]!.end <= line.start) next++;
    const nearest = sorted[next];
    return nearest === undefined || nearest.start >= line.end;
  });
}

/** Every place in a line where a programmer would pause in this way. */
export function placesIn(text: string, syntax: Syntax, line: Range, cut: Pause | 'any'): Place[] {
  const pairs = syntax.pairs.filter(
    ({ open, close }) => open.start >= line.start && open.start < line.end && close.end > line.start,
  );
  const places: Place[] = [];
  for (let offset = line.start; offset < line.end; offset++) {
    if (!isCut(text, line, offset, cut)) continue;
    const open = pairs.filter((pair) => pair.open.end <= offset && pair.close.start >= offset);
    if (cut !== 'any' && open.some(({ closer }) => /["'`]/.test(closer))) continue;
    const place = placeAt(text, line, offset, open);
    if (place && worthAsking(text.slice(place.answer.start, place.answer.end))) places.push({ cut, ...place });
  }
  return places;
}

function isCut(text: string, line: Range, offset: number, cut: Pause | 'any'): boolean {
  const [before, after] = [text[offset - 1] ?? '\n', text[offset] ?? ''];
  switch (cut) {
    case 'newline':
      return offset === line.start;
    case 'space':
      return offset > line.start && before === ' ' && after !== ' ';
    case 'dot':
      return offset > line.start && before === '.' && /[A-Za-z_$]/.test(after);
    case 'paren':
      return offset > line.start && before === '(';
    case 'any':
      return offset > line.start && !isLowSurrogate(after);
  }
}

const isLowSurrogate = (unit: string): boolean => unit >= '\uDC00' && unit <= '\uDFFF';

function placeAt(text: string, line: Range, offset: number, open: Syntax['pairs']): Omit<Place, 'cut'> | undefined {
  const whole = { start: offset, end: line.end };
  const inLine = open.filter(({ close }) => close.end <= line.end);
  if (inLine.length === 0) return { offset, answer: whole, rest: '', line: whole };
  if (inLine.length < open.length) return undefined; // No single moment of typing looks like this.
  const inwards = [...inLine].sort((a, b) => a.close.start - b.close.start);
  const answer = { start: offset, end: offset + text.slice(offset, inwards[0]!.close.start).trimEnd().length };
  return { offset, answer, rest: inwards.map(({ closer }) => closer).join(''), line: whole };
}

/** Bodies of 2–10 lines to write from their first line on, after Enter and the editor's indentation. */
export function bodyPlaces(text: string, syntax: Syntax): Place[] {
  const isFirstInLine = (offset: number): boolean =>
    /^\s*$/.test(text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset));
  const endsLine = (offset: number): boolean => /^[^\S\n]*(\n|$)/.test(text.slice(offset, offset + maxLineLength));
  return syntax.bodies
    .filter(({ start, end }) => {
      const lines = text.slice(start, end).split('\n');
      const short = lines.length >= 2 && lines.length <= 10 && lines.every(({ length }) => length <= maxLineLength);
      return (
        short &&
        isFirstInLine(start) &&
        endsLine(end) &&
        !syntax.prose.some((prose) => prose.start < end && prose.end > start)
      );
    })
    .map((range) => ({ cut: 'body', offset: range.start, answer: range, rest: '', line: range }));
}
