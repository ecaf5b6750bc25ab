/**
 * The last warnings and errors, in memory, for *Diagnose*. The log adds to it. What stands in there may be private: only
 * the report, which cleans it, shows it.
 */
import type { ProblemReport } from './facts';

/** Older ones are forgotten. */
const kept = 10;
/** UTF-16 units; nobody reads more of a stack. */
const maxLength = 500;

export class RecentProblems {
  #list: ProblemReport[] = [];

  add(level: ProblemReport['level'], text: string, at = Date.now()): void {
    this.#list = [...this.#list, { at, level, text: text.slice(0, maxLength) }].slice(-kept);
  }

  /** The newest last. */
  get list(): readonly ProblemReport[] {
    return this.#list;
  }
}
