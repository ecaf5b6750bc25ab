/**
 * Character classes of git's patterns (`[a-z]`, `[!x]`, `[[:digit:]]`), as `wildmatch.c` of git reads them. Used by
 * `ignorePattern.ts`. Characters are bytes, each written as the character of that number.
 */

/** By the names of POSIX, for bytes of ASCII; others belong to none. */
const named: ReadonlyMap<string, RegExp> = new Map([
  ['alnum', /[A-Za-z0-9]/],
  ['alpha', /[A-Za-z]/],
  ['blank', /[ \t]/],

  ['cntrl', /[\x00-\x1f\x7f]/],
  ['digit', /[0-9]/],
  ['graph', /[!-~]/],
  ['lower', /[a-z]/],
  ['print', /[ -~]/],
  ['punct', /[!-/:-@[-`{-~]/],
  ['space', /[ \t-\r]/],
  ['upper', /[A-Z]/],
  ['xdigit', /[0-9A-Fa-f]/],
]);

/** With its signs. So that a long line of brackets is not read to its end at each. */
const maxNameLength = 40;

const bytes: readonly string[] = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code));

export interface CharacterClass {
  /** Never `/`, which no class matches. */
  readonly members: ReadonlySet<string>;
  /** Where the pattern goes on behind the class. */
  readonly end: number;
}

/** Any byte but `/`: what `?` stands for. */
export const anyByte: ReadonlySet<string> = new Set(bytes.filter((byte) => byte !== '/'));

/**
 * The class that begins at a `[`.
 *
 * @param ignoreCase whether letters of the path are in lower case
 * @returns undefined where the class does not end or a name in it is unknown: then the pattern matches nothing
 */
export function characterClassAt(pattern: string, start: number, ignoreCase: boolean): CharacterClass | undefined {
  const found = new Set<string>();
  const add = (isMember: (byte: string) => boolean): void =>
    bytes.forEach((byte) => {
      if (isMember(byte) || (ignoreCase && /[a-z]/.test(byte) && isMember(byte.toUpperCase()))) found.add(byte);
    });
  let at = start + 1;
  const isNegated = pattern[at] === '!' || pattern[at] === '^';
  if (isNegated) at++;
  /** What a range may begin with; ranges and named classes do not. */
  let previous = '';
  for (let isFirst = true; isFirst || pattern[at] !== ']'; isFirst = false) {
    let sign = pattern[at++];
    if (sign === undefined) return undefined;
    if (sign === '-' && previous !== '' && pattern[at] !== undefined && pattern[at] !== ']') {
      if (pattern[at] === '\\') at++;
      const [first, last] = [previous, pattern[at++]];
      if (last === undefined) return undefined;
      add((byte) => byte >= first && byte <= last);
      previous = '';
      continue;
    }
    const name = sign === '[' ? nameAt(pattern, at) : undefined;
    if (name !== undefined) {
      const expression = named.get(name);
      if (expression === undefined) return undefined;
      add((byte) => expression.test(byte));
      at += name.length + 3;
      previous = '';
      continue;
    }
    if (sign === '\\') sign = pattern[at++];
    if (sign === undefined) return undefined;
    // Unlike those of ranges, single capitals stay capitals where case is ignored, and then match nothing.
    found.add(sign);
    previous = sign;
  }
  const members = bytes.filter((byte) => byte !== '/' && found.has(byte) !== isNegated);
  return { members: new Set(members), end: at + 1 };
}

/** `digit` at the colon of `[:digit:]`. */
function nameAt(pattern: string, at: number): string | undefined {
  return /^:([^\]]*):\]/.exec(pattern.slice(at, at + maxNameLength))?.[1];
}
