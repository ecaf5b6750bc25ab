/**
 * Patterns of paths with `*` and `**`, for filters that people and programs type. Used by questions of the search. They
 * are never turned into regular expressions: those backtrack, and one question could hold a process for hours.
 */

/** One step of a pattern: a character, or what stands for several of them. */
type Step = string | typeof withinName | typeof anything | typeof folders;
/** `*`: any characters but `/`. */
const withinName = Symbol('*');
/** `**`: any characters. */
const anything = Symbol('**');
/** `**` + `/`: any number of whole folders, or none. */
const folders = Symbol('**/');

/**
 * What tells whether a path fits a pattern: it has to end where the path ends, and may begin at any folder or name.
 * Upper and lower case are the same. Takes time in proportion to the lengths of both, at most.
 *
 * @param pattern `*` stands for characters of one name, `**` for characters of any, `**` + `/` for folders or none
 * @returns takes paths from the root, with `/` between folders
 */
export function pathPattern(pattern: string): (path: string) => boolean {
  const steps: Step[] = [folders, ...stepsOf(pattern.toLowerCase())];
  // The last letters alone rule most paths out.
  const ending = steps.slice(steps.findLastIndex((step) => typeof step !== 'string') + 1).join('');
  const [now, next] = [new StateSet(steps), new StateSet(steps)];
  return (path) => {
    const text = path.toLowerCase();
    return text.endsWith(ending) && isMatch(text, steps, now, next);
  };
}

function stepsOf(pattern: string): Step[] {
  return Array.from(pattern.matchAll(/\*\*+\/?|\*|[^*]/gu), ([sign]) => {
    if (!sign.startsWith('*')) return sign;
    if (sign === '*') return withinName;
    return sign.endsWith('/') ? folders : anything;
  });
}

/** Follows all ways through the pattern at once, as Thompson's simulation of an automaton does. */
function isMatch(path: string, steps: readonly Step[], first: StateSet, second: StateSet): boolean {
  let [now, next] = [first, second];
  now.clear();
  now.add(0, true);
  for (const unit of path) {
    next.clear();
    for (let i = 0; i < now.size; i++) {
      const state = now.at(i);
      const step = steps[state];
      if (step === unit) next.add(state + 1, unit === '/');
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

  constructor(private readonly steps: readonly Step[]) {
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
