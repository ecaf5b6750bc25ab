/**
 * Matches paths against patterns as lists of steps, all ways at once, as Thompson's simulation of an automaton does. Used
 * by `pathPattern.ts` and `ignorePattern.ts`. Patterns are never turned into regular expressions: those backtrack, and one
 * pattern could hold a process for hours.
 */

/** One step of a pattern: a character, one of several, or what stands for any number of them. */
export type PatternStep = string | ReadonlySet<string> | typeof withinName | typeof anything | typeof folders;
/** Any characters but `/`. */
export const withinName = Symbol('*');
/** Any characters. */
export const anything = Symbol('**');
/** Any number of whole folders, or none. */
export const folders = Symbol('**/');

/**
 * What tells whether a whole text takes all steps, in time in proportion to the length of the text times the steps.
 *
 * @returns takes a path, or the rest of one, with `/` between folders
 */
export function stepMatcher(steps: readonly PatternStep[]): (text: string) => boolean {
  // The last letters alone rule most paths out.
  const last = steps.slice(steps.findLastIndex((step) => typeof step !== 'string') + 1);
  const ending = last.filter((step) => typeof step === 'string').join('');
  const [now, next] = [new StateSet(steps), new StateSet(steps)];
  return (text) => text.endsWith(ending) && isMatch(text, steps, now, next);
}

function isMatch(path: string, steps: readonly PatternStep[], first: StateSet, second: StateSet): boolean {
  let [now, next] = [first, second];
  now.clear();
  now.add(0, true);
  for (const unit of path) {
    next.clear();
    for (let i = 0; i < now.size; i++) {
      const state = now.at(i);
      const step = steps[state];
      if (step === unit || (step instanceof Set && step.has(unit))) next.add(state + 1, unit === '/');
      else if (step === anything || step === folders || (step === withinName && unit !== '/'))
        next.add(state, unit === '/');
    }
    if (next.size === 0) return false;
    [now, next] = [next, now];
  }
  return now.has(steps.length);
}

/** The places in a pattern that are reached, each once. */
class StateSet {
  readonly #states: Int32Array;
  /** The round in which a state was added last. */
  readonly #added: Int32Array;
  #round = 0;
  size = 0;

  constructor(private readonly steps: readonly PatternStep[]) {
    this.#states = new Int32Array(steps.length + 1);
    this.#added = new Int32Array(steps.length + 1);
  }

  clear(): void {
    this.#round++;
    this.size = 0;
  }

  at(index: number): number {
    return this.#states[index] as number;
  }

  has(state: number): boolean {
    return this.#added[state] === this.#round;
  }

  /** Adds a state and those that are reached from it without a character. @param atName whether a name begins here */
  add(state: number, atName: boolean): void {
    for (let each = state; !this.has(each); each++) {
      this.#added[each] = this.#round;
      this.#states[this.size++] = each;
      const step = this.steps[each];
      if (!(step === withinName || step === anything || (step === folders && atName))) return;
    }
  }
}
