/**
 * Selects the few nearby files that may define functions with names like the given one, by a regular expression
 * instead of a parser. Used by `similar.ts`; yields the thread regularly.
 */
import { setImmediate } from 'node:timers/promises';
import type { SourceText } from '../../../nearby/matches';
import { wordsOf } from '../../../common/text/words';
import { likeness } from '../../../common/statistics/jaccard';

/** Reading the syntax of a file takes some milliseconds: no more files than these are read. */
const maxFiles = 8;
/** Longer ones take too long. UTF-16 units. */
const maxFileLength = 300_000;

/** After so many milliseconds, the loop yields to the event loop: typing is served by the same thread. */
const maxTurnMs = 8;

/** What stands before a bracket, an equals sign or a colon at the start of a line may be defined there. */
const mayBeDefined = /^[ \t]*(?:[\w@.]+[ \t]+){0,6}#?([\p{L}_$][\p{L}\p{N}_$]*)[ \t]*[(=:<]/gmu;

/** The files in which the names most like a name may be defined, the likest first; nearer ones before others that are as like. */
export async function filesWithLike(name: string, files: readonly SourceText[]): Promise<SourceText[]> {
  const wanted = new Set(wordsOf(name));
  const found: { readonly file: SourceText; readonly likest: number }[] = [];
  let since = performance.now();
  for (const file of files) {
    const likest = file.text.length <= maxFileLength ? likestIn(file.text, wanted) : 0;
    if (likest > 0) found.push({ file, likest });
    if (performance.now() - since < maxTurnMs) continue;
    await setImmediate();
    since = performance.now();
  }
  return found
    .sort((a, b) => b.likest - a.likest)
    .slice(0, maxFiles)
    .map(({ file }) => file);
}

function likestIn(text: string, wanted: ReadonlySet<string>): number {
  const names = new Set(Array.from(text.matchAll(mayBeDefined), ([, name = '']) => name));
  let best = 0;
  for (const name of names) best = Math.max(best, likeness(new Set(wordsOf(name)), wanted));
  return best;
}
