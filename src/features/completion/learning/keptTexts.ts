/**
 * Holds what was taken of suggestions, for five minutes at most, and tells how much of it still stands there after 30
 * seconds and at the end. Fed by `learning.vscode.ts`; a text leaves this module as two yes or no, never as text.
 */
import type { InsertedText, TextChange } from './outcomes';

/** When is looked, in milliseconds after the text was taken. */
export const looksAfterMs = [30_000, 300_000] as const;
/** Texts held at most; of more, the oldest is forgotten. */
export const maxKeptTexts = 50;
/** Longer ones are not followed, UTF-16 units: comparing takes the product of two lengths. */
export const maxKeptLength = 1_000;
/** Where a document was written anew, the text is looked for so far around its old place. UTF-16 units. */
const around = 1_000;

/** What was found of a text. */
export interface KeptLook<T> {
  readonly about: T;
  /** Which of `looksAfterMs`. */
  readonly look: 0 | 1;
  /** To the letter. */
  readonly unchanged: boolean;
  /** With less than a third of it edited: `mostly_unchanged` of Ziegler et al., "Productivity Assessment of Neural Code Completion", MAPS 2022. */
  readonly mostly: boolean;
}

interface Kept<T> {
  readonly about: T;
  readonly document: string;
  readonly text: string;
  readonly since: number;
  /** What has become of it stands here. */
  from: number;
  to: number;
  look: 0 | 1;
}

/** @param T what the text is remembered with */
export class KeptTexts<T> {
  /** Oldest first. */
  #kept: Kept<T>[] = [];

  constructor(private readonly tell: (look: KeptLook<T>) => void) {}

  get size(): number {
    return this.#kept.length;
  }

  /** When is to be looked next; undefined where nothing is held. */
  get nextLook(): number | undefined {
    const due = this.#kept.map(({ since, look }) => since + looksAfterMs[look]);
    return due.length === 0 ? undefined : Math.min(...due);
  }

  add(about: T, document: string, { offset, length, text }: InsertedText, now: number): void {
    if (text.trim() === '' || text.length > maxKeptLength) return;
    this.#kept = [
      ...this.#kept.slice(1 - maxKeptTexts),
      { about, document, text, since: now, from: offset, to: offset + length, look: 0 },
    ];
  }

  /** Follows the texts of a document through a change of it; all changes are told in offsets of the text before. */
  edited(document: string, changes: readonly TextChange[]): void {
    for (const kept of this.#kept) {
      if (kept.document !== document) continue;
      // From the end on, so that offsets still hold.
      for (const change of [...changes].sort((a, b) => b.rangeOffset - a.rangeOffset)) follow(kept, change);
    }
  }

  /** Forgets what stood in a document that is closed: nobody sees any more what becomes of it. */
  closed(document: string): void {
    this.#kept = this.#kept.filter((kept) => kept.document !== document);
  }

  /** @param textOf of a document; undefined where it is not open any more */
  lookAt(now: number, textOf: (document: string) => string | undefined): void {
    const due = this.#kept.filter(({ since, look }) => since + looksAfterMs[look] <= now);
    for (const kept of due) {
      const text = textOf(kept.document);
      const isLate = now - kept.since > looksAfterMs[kept.look] + looksAfterMs[0];
      if (text !== undefined && !isLate) this.tell({ about: kept.about, look: kept.look, ...compare(kept, text) });
      kept.look = 1;
    }
    this.#kept = this.#kept.filter((kept) => !due.includes(kept) || kept.since + looksAfterMs[1] > now);
  }

  clear(): void {
    this.#kept = [];
  }
}

function follow<T>(kept: Kept<T>, { rangeOffset, rangeLength, text }: TextChange): void {
  const end = rangeOffset + rangeLength;
  const delta = text.length - rangeLength;
  if (end <= kept.from) {
    kept.from += delta;
    kept.to += delta;
  } else if (rangeOffset < kept.to) {
    const isAround = rangeOffset < kept.from && end > kept.to;
    const wasAt = kept.from;
    kept.from = isAround ? Math.max(rangeOffset, wasAt - around) : Math.min(kept.from, rangeOffset);
    kept.to = isAround
      ? Math.min(rangeOffset + text.length, wasAt + kept.text.length + around)
      : Math.max(kept.to, end) + delta;
    kept.to = Math.max(kept.from, kept.to);
  }
}

function compare({ text, from, to }: Kept<unknown>, document: string): { unchanged: boolean; mostly: boolean } {
  const now = document.slice(from, Math.min(to, from + text.length + 2 * around)).replaceAll('\r\n', '\n');
  if (now.includes(text)) return { unchanged: true, mostly: true };
  return { unchanged: false, mostly: distanceWithin(text, now) < text.length / 3 };
}

/**
 * The least number of insertions, deletions and replacements of characters between a pattern and any stretch of a text
 * (Sellers 1980). Takes time with the product of both lengths.
 */
export function distanceWithin(pattern: string, text: string): number {
  let row = new Uint32Array(text.length + 1);
  for (let i = 1; i <= pattern.length; i++) {
    const next = new Uint32Array(text.length + 1);
    next[0] = i;
    for (let j = 1; j <= text.length; j++) {
      const replaced = (row[j - 1] as number) + (pattern[i - 1] === text[j - 1] ? 0 : 1);
      next[j] = Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1);
    }
    row = next;
  }
  return row.reduce((least, one) => Math.min(least, one), pattern.length);
}
