/**
 * Rules of one ignore file, read and matched as git does (`dir.c` and `wildmatch.c` of git 2.39, compared with git itself in
 * `test/conformance/ignoreRules.test.ts`). Used by `ignoreRules.ts` and `walk.ts`. Takes linear time for every pattern, and
 * reads no file.
 */
import { anyByte, characterClassAt } from './characterClass';
import { anything, folders, stepMatcher, withinName } from './patternSteps';
import type { PatternStep } from './patternSteps';

/** A path in the form that rules compare: see {@link comparable}. */
interface Asked {
  readonly path: string;
  /** The last name of the path. */
  readonly name: string;
  readonly isFolder: boolean;
}

interface Rule {
  readonly ignores: boolean;
  readonly foldersOnly: boolean;
  readonly isMatch: (asked: Asked) => boolean;
}

/** The rules of one file. */
export class IgnoreList {
  /** The last first, for it decides. */
  readonly #rules: readonly Rule[];

  /**
   * @param text of a file of rules
   * @param ignoreCase whether capitals are the same as small letters, of ASCII alone
   */
  constructor(
    text: string,
    private readonly ignoreCase: boolean,
  ) {
    const lines = comparable(text.replace(/^\ufeff/, ''), false).split('\n');
    this.#rules = lines.flatMap((line) => ruleOf(line, ignoreCase) ?? []).reverse();
  }

  get isEmpty(): boolean {
    return this.#rules.length === 0;
  }

  /**
   * What the rules say of a path by itself: folders around it are asked about before.
   *
   * @param path from the folder that the rules stand in, with `/` behind that of a folder
   * @returns whether it is ignored; undefined where no rule names it
   */
  verdict(path: string): boolean | undefined {
    if (this.isEmpty) return undefined;
    const isFolder = path.endsWith('/');
    const own = comparable(isFolder ? path.slice(0, -1) : path, this.ignoreCase);
    const asked: Asked = { path: own, name: own.slice(own.lastIndexOf('/') + 1), isFolder };
    return this.#rules.find((rule) => (isFolder || !rule.foldersOnly) && rule.isMatch(asked))?.ignores;
  }
}

/** Git compares bytes: each becomes the character of that number. */
function comparable(text: string, ignoreCase: boolean): string {
  const own = /^[\x00-\x7f]*$/.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
  return ignoreCase ? lowerCase(own) : own;
}

const lowerCase = (bytes: string): string => bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());

/** @param line in bytes @returns undefined where it says nothing */
function ruleOf(line: string, ignoreCase: boolean): Rule | undefined {
  if (line.startsWith('#')) return undefined;
  let pattern = withoutSpaces(line.replace(/\r$/, '').replace(/\0.*$/s, ''));
  const ignores = !pattern.startsWith('!');
  if (!ignores) pattern = pattern.slice(1);
  const foldersOnly = pattern.endsWith('/');
  if (foldersOnly) pattern = pattern.slice(0, -1);
  if (pattern === '') return undefined;
  const isMatch = pattern.includes('/')
    ? pathMatcher(pattern.replace(/^\//, ''), ignoreCase)
    : nameMatcher(pattern, ignoreCase);
  return { ignores, foldersOnly, isMatch };
}

/** Spaces at the end do not count, unless a backslash stands before them. */
function withoutSpaces(line: string): string {
  let end = 0;
  for (let at = 0; at < line.length; at++) {
    if (line[at] === ' ') continue;
    if (line[at] === '\\' && ++at === line.length) return line;
    end = at + 1;
  }
  return line.slice(0, end);
}

/** A pattern without `/` means names, in every folder. */
function nameMatcher(pattern: string, ignoreCase: boolean): Rule['isMatch'] {
  const plain = ignoreCase ? lowerCase(pattern) : pattern;
  if (isLiteral(plain)) return ({ name }) => name === plain;
  if (plain.startsWith('*') && isLiteral(plain.slice(1))) return ({ name }) => name.endsWith(plain.slice(1));
  const isMatch = globMatcher(pattern, ignoreCase);
  return ({ name }) => isMatch(name);
}

/** Others mean paths from the folder of the rules; what stands before the first sign is compared by itself. */
function pathMatcher(pattern: string, ignoreCase: boolean): Rule['isMatch'] {
  const literal = /^[^*?[\\]*/.exec(pattern)?.[0] ?? '';
  const start = ignoreCase ? lowerCase(literal) : literal;
  if (literal.length === pattern.length) return ({ path }) => path === start;
  const isMatch = globMatcher(pattern.slice(literal.length), ignoreCase);
  return ({ path }) => path.startsWith(start) && isMatch(path.slice(start.length));
}

const isLiteral = (pattern: string): boolean => !/[*?[\\]/.test(pattern);

const nothing = (): boolean => false;

/** What matches the whole of a text. */
function globMatcher(pattern: string, ignoreCase: boolean): (text: string) => boolean {
  const steps: PatternStep[] = [];
  for (let at = 0; at < pattern.length;) {
    const sign = pattern[at] as string;
    if (sign === '*') {
      const end = at + (/^\*+/.exec(pattern.slice(at))?.[0].length ?? 1);
      const isWholeName =
        end - at > 1 && (at === 0 || pattern[at - 1] === '/') && /^(?:$|\\?\/)/.test(pattern.slice(end));
      const step = !isWholeName ? withinName : pattern[end] === '/' ? folders : anything;
      steps.push(step);
      at = step === folders ? end + 1 : end;
    } else if (sign === '[') {
      const found = characterClassAt(pattern, at, ignoreCase);
      if (found === undefined) return nothing;
      steps.push(found.members);
      at = found.end;
    } else if (sign === '\\') {
      // Case is not ignored behind a backslash: a capital there matches nothing then.
      const escaped = pattern[at + 1];
      if (escaped === undefined) return nothing;
      steps.push(escaped);
      at += 2;
    } else {
      steps.push(sign === '?' ? anyByte : ignoreCase ? lowerCase(sign) : sign);
      at++;
    }
  }
  return stepMatcher(steps);
}
