/** Steps from one published version of a package to the next, as lists of changes that are made one after the other. */
import { changesBetween, linesOf, wordsOf } from '../../../src/nearby/edits/changes';
import type { LineChange } from '../../../src/nearby/edits/changes';
import type { MadeEdit } from '../../../src/nearby/edits/editPattern';

/** A change of a file. */
export interface Hunk extends LineChange {
  readonly path: string;
}

export interface Step {
  readonly name: string;
  /** Of the version before: paths and texts. */
  readonly files: ReadonlyMap<string, string>;
  readonly hunks: readonly Hunk[];
}

/** Steps with more are rewrites. */
const maxHunks = 200;

/** @returns `undefined` where nothing changed, or nearly everything */
export function stepBetween(
  name: string,
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Step | undefined {
  const hunks: Hunk[] = [];
  for (const [path, text] of [...before].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const now = after.get(path);
    if (now === undefined || now === text) continue;
    hunks.push(...changesBetween(text, now).map((change) => ({ path, ...change })));
    if (hunks.length > maxHunks) return undefined;
  }
  return hunks.length === 0 ? undefined : { name, files: before, hunks };
}

/** The text before, and what was replaced in it: UTF-16 units. */
export type MadeChange = MadeEdit;

/** The files while a step is made: some of its changes are there already. */
export class Progress {
  readonly #made = new Set<Hunk>();
  readonly #texts: Map<string, string>;
  readonly #paths: readonly string[];

  constructor(private readonly step: Step) {
    this.#texts = new Map(step.files);
    this.#paths = [...step.files.keys()];
  }

  /** Of all files. */
  get paths(): readonly string[] {
    return this.#paths;
  }

  textOf(path: string): string {
    return this.#texts.get(path)!;
  }

  has(hunk: Hunk): boolean {
    return this.#made.has(hunk);
  }

  make(hunk: Hunk): MadeChange {
    const before = this.textOf(hunk.path);
    const start = this.#startOf(hunk);
    const end = start + hunk.old.join('').length;
    const inserted = hunk.now.join('');
    this.#made.add(hunk);
    this.#texts.set(hunk.path, before.slice(0, start) + inserted + before.slice(end));
    return { before, start, end, inserted };
  }

  /**
   * The change that an edit of a file makes, or a part of which it makes: nothing of it would have to be taken back. Only of
   * changes that are left.
   */
  matching(path: string, start: number, end: number, text: string): Hunk | undefined {
    const before = this.textOf(path);
    const from = before.lastIndexOf('\n', start - 1) + 1;
    const to = lineEnd(before, end, from);
    const old = linesOf(before.slice(from, to));
    const now = linesOf(before.slice(from, start) + text + before.slice(end, to));
    let same = 0;
    while (same < old.length && same < now.length && old[same] === now[same]) same++;
    let sameEnd = 0;
    while (sameEnd < old.length - same && sameEnd < now.length - same && old.at(-1 - sameEnd) === now.at(-1 - sameEnd))
      sameEnd++;
    const changed = now.slice(same, now.length - sameEnd);
    const first = this.#lineAt(path, from) + same;
    const last = first + old.length - same - sameEnd;
    if (changed.length === 0 && first === last) return undefined;
    return this.step.hunks.find((hunk) => {
      if (hunk.path !== path || this.has(hunk)) return false;
      const line = this.#lineOf(hunk);
      if (first < line || last > line + hunk.old.length) return false;
      if (hunk.old.length === 0) return standsIn(changed, hunk.now);
      const middle = [...hunk.old.slice(0, first - line), ...changed, ...hunk.old.slice(last - line)];
      return isOnTheWay(hunk.old, middle, hunk.now);
    });
  }

  #lineAt(path: string, at: number): number {
    const text = this.textOf(path);
    let line = 0;
    for (let next = text.indexOf('\n'); next >= 0 && next < at; next = text.indexOf('\n', next + 1)) line++;
    return line;
  }

  #lineOf(hunk: Hunk): number {
    let line = hunk.line;
    for (const other of this.step.hunks)
      if (other.path === hunk.path && this.#made.has(other) && other.line < hunk.line)
        line += other.now.length - other.old.length;
    return line;
  }

  #startOf(hunk: Hunk): number {
    return linesOf(this.textOf(hunk.path))
      .slice(0, this.#lineOf(hunk))
      .reduce((sum, text) => sum + text.length, 0);
  }
}

/** The end of the line that holds an offset; an edit that ends at the start of a line holds no more of it. */
function lineEnd(text: string, at: number, from: number): number {
  if (at > from && text.charAt(at - 1) === '\n') return at;
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end + 1;
}

const standsIn = (lines: readonly string[], all: readonly string[]): boolean =>
  all.some((_, at) => lines.every((line, index) => all[at + index] === line));

/** Whether what was changed would have to be changed anyhow, and stays: no way from the old words to the new ones is shorter. */
function isOnTheWay(old: readonly string[], middle: readonly string[], now: readonly string[]): boolean {
  const [from, over, to] = [old, middle, now].map((lines) => wordsOf(lines.join('')));
  const first = distance(from!, over!);
  return first > 0 && first + distance(over!, to!) === distance(from!, to!);
}

/** Words that go and come (Levenshtein without replacement), by the longest common subsequence. */
function distance(a: readonly string[], b: readonly string[]): number {
  let row = new Uint16Array(b.length + 1);
  for (const word of a) {
    const next = new Uint16Array(b.length + 1);
    for (let at = 0; at < b.length; at++)
      next[at + 1] = word === b[at] ? row[at]! + 1 : Math.max(row[at + 1]!, next[at]!);
    row = next;
  }
  return a.length + b.length - 2 * row[b.length]!;
}
