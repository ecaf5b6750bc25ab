/** Remembers, until the editor ends, which changes the user declined to have made elsewhere: twice, and it is not proposed again. */
import type { EditPattern } from '../../nearby/edits/editPattern';
import { isSameChange } from '../../nearby/edits/sameChange';

/** After so many times a change is proposed no more. */
const lastTime = 2;
/** Of changes that are remembered, the latest. */
const most = 50;

export class DeclinedChanges {
  #declined: { readonly pattern: EditPattern; readonly times: number }[] = [];

  add(pattern: EditPattern): void {
    const times = this.#timesOf(pattern) + 1;
    this.accept(pattern);
    this.#declined = [...this.#declined, { pattern, times }].slice(-most);
  }

  /** It was wanted after all. */
  accept(pattern: EditPattern): void {
    this.#declined = this.#declined.filter((one) => !isSameChange(one.pattern, pattern));
  }

  isGone(pattern: EditPattern): boolean {
    return this.#timesOf(pattern) >= lastTime;
  }

  #timesOf(pattern: EditPattern): number {
    return this.#declined.find((one) => isSameChange(one.pattern, pattern))?.times ?? 0;
  }
}
