/**
 * Private keys of several lines, which no line shows by itself. Used by `withoutSecrets`. Code that only looks for the
 * lines around a key holds none, and stays.
 */

/** UTF-16 offsets. */
interface Range {
  readonly start: number;
  readonly end: number;
}

const begin = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const end = /-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/y;
/** Of a key that is whole, and of one whose end is not in the text. */
const body = { whole: /[A-Za-z\d+/]{4}/, cut: /[A-Za-z\d+/]{32}/ };
/** The rest of a key whose start is not in the text, which was cut. */
const cutStart = /^[A-Za-z\d+/=\s]*-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;
/** A line of a key, as it is, or as a program writes it in a string; also the header of one with a password. */
const keyLine = /\r?\n[ \t"'`+#*/|>]{0,40}(?:(?:Proc-Type|DEK-Info|Comment|Version): [^\n]{0,100}|[A-Za-z\d+/=]{0,4096})(?:\\[nr]){0,2}["'`,;+ \t\\]{0,20}(?=\r?\n|$)/y; // prettier-ignore
/** What stands behind the first line of a key that is written in one. */
const sameLine = /(?:(?:\\[nr]|[ "'`+,]){0,6}[A-Za-z\d+/=]{20,80}){1,200}/y;
/** Stands between the first and the last line of a key only where a program looks for both. */
const code = /[{};]|=>|\((?!GNU)/;
const putty = /Private-Lines: \d{1,4}\r?\n(?:[A-Za-z\d+/=]{1,100}(?:\r?\n|$))*/g;

/** Where private keys stand in a text, in order. Takes time in proportion to its length. */
export function* privateKeysIn(text: string): Generator<Range> {
  if (!text.includes('PRIVATE KEY') && !text.includes('Private-Lines')) return;
  const cut = cutStart.exec(text);
  if (cut !== null) yield { start: 0, end: cut[0].length };
  for (const { index: start, 0: found } of text.matchAll(begin)) {
    const from = start + found.length;
    const stop = endOfWhole(text, from) ?? endOfCut(text, from);
    if (stop !== undefined) yield { start, end: stop };
  }
  for (const { index: start, 0: found } of text.matchAll(putty)) yield { start, end: start + found.length };
}

/** Behind the line that ends a key; undefined where there is none. */
function endOfWhole(text: string, from: number): number | undefined {
  const last = text.indexOf('-----', from);
  end.lastIndex = last;
  if (last < 0 || !end.test(text)) return undefined;
  const inside = text.slice(from, last);
  return body.whole.test(inside) && !code.test(inside) ? end.lastIndex : undefined;
}

/** Behind the last line that can belong to a key; undefined where there is none. */
function endOfCut(text: string, from: number): number | undefined {
  sameLine.lastIndex = from;
  let stop = sameLine.test(text) ? sameLine.lastIndex : from;
  for (keyLine.lastIndex = stop; keyLine.test(text);) stop = keyLine.lastIndex;
  return body.cut.test(text.slice(from, stop)) ? stop : undefined;
}
