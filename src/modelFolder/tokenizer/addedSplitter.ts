/**
 * Finds added tokens in a text before the rest is tokenized; created by `definition.ts`. The leftmost match counts,
 * then the longest.
 */
import type { Aligned } from './aligned';

/** A token that was added to a vocabulary and is found in a text before anything else is. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  readonly special: boolean;
  /** Whether it stands for itself only between characters that belong to no word. */
  readonly single_word: boolean;
  /** Whether it takes the white space around it. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Whether it is looked for after the text was normalised, and not before. */
  readonly normalized: boolean;
}

/** A stretch of a text, which is an added token where it has an id. UTF-16 units. */
export interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly id: number | undefined;
}

const wordCharacter = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;
const spacesBefore = /\p{White_Space}+$/u;
const spacesBehind = /^\p{White_Space}+/u;

/** Finds added tokens in a text: the leftmost, the longest of those that begin there. */
export class AddedSplitter {
  readonly #tokens: ReadonlyMap<string, AddedToken>;
  readonly #expression: RegExp | undefined;

  constructor(tokens: readonly AddedToken[]) {
    this.#tokens = new Map(tokens.filter(({ content }) => content !== '').map((token) => [token.content, token]));
    const contents = [...this.#tokens.keys()].sort((a, b) => b.length - a.length);
    this.#expression = contents.length === 0 ? undefined : new RegExp(contents.map(escaped).join('|'), 'gu');
  }

  split(text: Pick<Aligned, 'text'>): Stretch[] {
    const whole = text.text;
    if (this.#expression === undefined) return whole === '' ? [] : [{ start: 0, end: whole.length, id: undefined }];
    const stretches: Stretch[] = [];
    let end = 0;
    for (const { 0: content, index } of whole.matchAll(this.#expression)) {
      const token = this.#tokens.get(content);
      const behind = index + content.length;
      if (token === undefined || index < end || (token.single_word && touchesWord(whole, index, behind))) continue;
      const start = token.lstrip
        ? Math.max(end, index - (spacesBefore.exec(whole.slice(end, index))?.[0].length ?? 0))
        : index;
      if (start > end) stretches.push({ start: end, end: start, id: undefined });
      end = token.rstrip ? behind + (spacesBehind.exec(whole.slice(behind))?.[0].length ?? 0) : behind;
      stretches.push({ start, end, id: token.id });
    }
    if (end < whole.length) stretches.push({ start: end, end: whole.length, id: undefined });
    return stretches;
  }
}

const touchesWord = (text: string, start: number, end: number): boolean =>
  wordCharacter.test(Array.from(text.slice(Math.max(0, start - 2), start)).at(-1) ?? '') ||
  wordCharacter.test(String.fromCodePoint(text.codePointAt(end) ?? 32));

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
