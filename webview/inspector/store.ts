/**
 * Holds the inspector's view state and notifies subscribers of real changes. Created by `app.ts`; all views read and
 * update it through the context.
 */
import { initialState } from './model/state';
import type { ViewState } from './model/state';

/** The one place of what is shown; every part of the panel draws from it and is called when it changes. */
export class Store {
  #current: ViewState = initialState;
  readonly #listeners = new Set<(state: ViewState, before: ViewState) => void>();

  get state(): ViewState {
    return this.#current;
  }

  update(change: Partial<ViewState>): void {
    const before = this.#current;
    const after = { ...before, ...change };
    const keys = Object.keys(change) as (keyof ViewState)[];
    if (keys.every((key) => after[key] === before[key])) return;
    this.#current = after;
    for (const listener of this.#listeners) listener(after, before);
  }

  subscribe(listener: (state: ViewState, before: ViewState) => void): void {
    this.#listeners.add(listener);
  }
}
