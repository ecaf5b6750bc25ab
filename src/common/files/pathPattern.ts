/**
 * Patterns of paths with `*` and `**`, for filters that people and programs type. Used by questions of the search; rules
 * of git are read by `ignorePattern.ts`.
 */
import { anything, folders, stepMatcher, withinName } from './patternSteps';
import type { PatternStep } from './patternSteps';

/**
 * What tells whether a path fits a pattern: it has to end where the path ends, and may begin at any folder or name.
 * Upper and lower case are the same. Takes time in proportion to the lengths of both, at most.
 *
 * @param pattern `*` stands for characters of one name, `**` for characters of any, `**` + `/` for folders or none
 * @returns takes paths from the root, with `/` between folders
 */
export function pathPattern(pattern: string): (path: string) => boolean {
  const isMatch = stepMatcher([folders, ...stepsOf(pattern.toLowerCase())]);
  return (path) => isMatch(path.toLowerCase());
}

function stepsOf(pattern: string): PatternStep[] {
  return Array.from(pattern.matchAll(/\*\*+\/?|\*|[^*]/gu), ([sign]) => {
    if (!sign.startsWith('*')) return sign;
    if (sign === '*') return withinName;
    return sign.endsWith('/') ? folders : anything;
  });
}
