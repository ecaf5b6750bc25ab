/** Remembers, until the editor ends, which changes the user declined to have made elsewhere: twice, and it is not proposed again. */
import type { EditPattern } from '../../nearby/edits/editPattern';
import { isSameChange } from '../../nearby/edits/sameChange';

/** After so many times a change is proposed no more. */
const lastTime = 2;
/** Of changes that are remembered, the latest. */
const most = 50;

/** What an edit does, wherever it is made; or what a language server calls it. */
type Change = EditPattern | string;

export class DeclinedChanges {
  #declined: { readonly change: Change; readonly times: number }[] = [];

  /** @param before how often it was declined before, where that was forgotten meanwhile */
  add(change: Change, before = this.#timesOf(change)): void {
    this.accept(change);
    this.#declined = [...this.#declined, { change, times: before + 1 }].slice(-most);
  }

  /** It was wanted after all. @returns how often it had been declined */
  accept(change: Change): number {
    const times = this.#timesOf(change);
    this.#declined = this.#declined.filter((one) => !isSame(one.change, change));
    return times;
  }

  /** Whether it was declined, and not wanted since. */
  isDeclined(change: Change): boolean {
    return this.#timesOf(change) > 0;
  }

  isGone(change: Change): boolean {
    return this.#timesOf(change) >= lastTime;
  }

  #timesOf(change: Change): number {
    return this.#declined.find((one) => isSame(one.change, change))?.times ?? 0;
  }
}

const isSame = (a: Change, b: Change): boolean =>
  typeof a === 'string' || typeof b === 'string' ? a === b : isSameChange(a, b);
