/** The editor's patterns for files that are not shown, as rules of a `.gitignore`. */

/**
 * Turns `files.exclude` and `search.exclude` into rules. What depends on other files (`{"when": …}`) stays.
 *
 * @param settings values as the user wrote them, unchecked
 */
export function excludeRules(...settings: readonly unknown[]): string[] {
  const patterns = new Set<string>();
  for (const setting of settings) {
    if (typeof setting !== 'object' || setting === null) continue;
    for (const [pattern, wanted] of Object.entries(setting)) if (wanted === true) patterns.add(pattern);
  }
  return [...new Set([...patterns].flatMap(expandBraces).flatMap(ruleOf))];
}

/** A pattern begins at the root unless it says `**`; a rule does so only where it says `/`. */
function ruleOf(pattern: string): string[] {
  const trimmed = pattern.trim().replace(/^\.\//, '');
  if (trimmed === '' || trimmed === '/') return [];
  return [trimmed.startsWith('**/') || trimmed.startsWith('/') ? trimmed : `/${trimmed}`];
}

/** `*.{js,ts}` → `*.js`, `*.ts`; inner braces, too. */
function expandBraces(pattern: string): string[] {
  const inner = /\{([^{}]*)\}/.exec(pattern);
  if (inner === null) return [pattern];
  const [whole, list = ''] = inner;
  const [before, after] = [pattern.slice(0, inner.index), pattern.slice(inner.index + whole.length)];
  return list.split(',').flatMap((choice) => expandBraces(before + choice + after));
}
