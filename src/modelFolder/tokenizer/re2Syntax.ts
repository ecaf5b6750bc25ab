/**
 * Translates expressions of JavaScript (flag u) into RE2's syntax. Used by the search in linear time. Classes of characters
 * are written out from V8's own, since other engines know other versions of Unicode and other white space.
 */

/** The end of most pre-tokenizers: a run of blanks without its last one, where a word follows. */
const blanksBeforeWord = String.raw`\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+`;
/** How the ends of lines are written by the library that translates Oniguruma's expressions, and by RE2. */
const endsOfLines: ReadonlyMap<string, string> = new Map([
  [String.raw`(?:(?<![\s\S])|(?<=\n))`, '(?m:^)'],
  [String.raw`(?:(?=\n)|(?![\s\S]))`, '(?m:$)'],
]);
const lineBreaks = String.raw`\n\r\x{2028}\x{2029}`;

/**
 * @returns undefined where there is look-around, a back-reference or what this translator does not know. The one group of
 *   the result is {@link blanksBeforeWord}, which matches all of the run: the caller leaves the last one to the next match.
 */
export function toRe2(source: string): string | undefined {
  const at = topLevel(source, blanksBeforeWord);
  if (at === undefined) return translated(source);
  const [before, behind] = [source.slice(0, at), source.slice(at + blanksBeforeWord.length)];
  const [first, last] = [translated(before), translated(behind)];
  return first === undefined || last === undefined
    ? undefined
    : `${first}(${classOf(String.raw`\p{White_Space}`, false)}+)${last}`;
}

/** Where whole alternatives of an expression stand that are in no group. */
function topLevel(source: string, alternatives: string): number | undefined {
  const at = source.indexOf(alternatives);
  const end = at + alternatives.length;
  if (at < 0 || (at > 0 && source[at - 1] !== '|') || (end < source.length && source[end] !== '|')) return undefined;
  const outside = source.slice(0, at).replace(/\\.|\[(?:\\.|[^\]\\])*\]/gsu, '');
  const opened = outside.split('(').length - outside.split(')').length;
  return opened === 0 ? at : undefined;
}

const parts = new RegExp(
  [
    ...[...endsOfLines.keys()].map((text) => text.replace(/[\\()[\]|?]/g, String.raw`\$&`)),
    String.raw`\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[\da-fA-F]{4}|x[\da-fA-F]{2}|.)`,
    String.raw`\(\?(?:[:=!]|<[=!]?)?`,
    String.raw`\[\^?\]?`,
    '.',
  ].join('|'),
  'gsu',
);

function translated(source: string): string | undefined {
  let [result, isInClass] = ['', false];
  for (const { 0: part } of source.matchAll(parts)) {
    const next = part.startsWith('\\')
      ? escape(part, isInClass)
      : isInClass
        ? part.replace('[', String.raw`\[`)
        : outside(part);
    if (next === undefined) return undefined;
    if (!isInClass && part.startsWith('[')) isInClass = true;
    else if (isInClass && part === ']') isInClass = false;
    result += next;
  }
  return result;
}

/** What is in no class and no escape; groups capture nothing. */
function outside(part: string): string | undefined {
  if (endsOfLines.has(part)) return endsOfLines.get(part);
  if (part === '(' || part === '(?:') return '(?:';
  if (part.startsWith('(?') || /^\[\^?\]/.test(part)) return undefined;
  return part === '.' ? `[^${lineBreaks}]` : part;
}

function escape(part: string, isInClass: boolean): string | undefined {
  const kind = part[1] as string;
  if (/[pPsS]/.test(kind)) return classOf(part, isInClass);
  if (kind === 'u') {
    const code = part.replace(/[^\da-fA-F]/g, '');
    return /^d[89a-f]/i.test(code) && code.length === 4 ? undefined : `\\x{${code}}`;
  }
  if (kind === 'x') return `\\x{${part.slice(2)}}`;
  if (/[1-9kc]/.test(kind) || (kind === 'b' && isInClass)) return undefined;
  return kind === '0' ? String.raw`\x00` : part;
}

const classes = new Map<string, string>();

/** `\p{…}`, `\P{…}`, `\s` or `\S` as ranges, in brackets where it stands outside of a class. */
function classOf(part: string, isInClass: boolean): string {
  let ranges = classes.get(part);
  if (ranges === undefined) classes.set(part, (ranges = rangesOf(part)));
  return isInClass ? ranges : `[${ranges}]`;
}

/** Asks V8 which code points belong to a class. */
function rangesOf(part: string): string {
  const [surrogates, most] = [0xd800, 0x10ffff];
  const points: string[] = [];
  for (let code = 0; code <= most; code++)
    if (code < surrogates || code > 0xdfff) points.push(String.fromCodePoint(code));
  const ranges: string[] = [];
  // Runs of the text are runs of code points: only surrogates, which would join, are left out.
  for (const { 0: run } of points.join('').matchAll(new RegExp(`${part}+`, 'gu'))) {
    const [from, to] = [
      run.codePointAt(0) as number,
      (Array.from(run.slice(-2)).at(-1) ?? '').codePointAt(0) as number,
    ];
    ranges.push(`${hex(from)}-${hex(to)}`);
  }
  if (new RegExp(part, 'u').test('\ud800')) ranges.push(`${hex(surrogates)}-${hex(0xdfff)}`);
  return ranges.join('');
}

const hex = (code: number): string => `\\x{${code.toString(16)}}`;
