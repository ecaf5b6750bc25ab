/** The completer that copies: it finds the longest earlier text that ends like the text before the cursor, and repeats what followed. */
import { cutToTask } from '../situations';
import type { Situation, Workspace } from '../situations';

/** Shorter agreements are looked at only where no longer one exists. */
const agreements = [32, 16, 8, 4, 2];
const maxContinuationLength = 1500;

type Match = { length: number; continuation: string };

/** @param workspace other files to copy from; none: from the file itself alone */
export function copyCompletion(situation: Situation, workspace?: Workspace): string {
  const others = workspace ? [...workspace.files.values()].filter(({ path }) => path !== situation.path) : [];
  const texts = [situation.prefix, situation.suffix, ...others.map(({ text }) => text)];
  for (const agreement of agreements) {
    const best = longestMatch(situation.prefix, texts, agreement);
    if (best) return cutToTask(best.continuation, situation);
  }
  return '';
}

/** The longest agreement of at least so many characters: the last one in the first of the texts, of equal ones. */
function longestMatch(prefix: string, texts: readonly string[], agreement: number): Match | undefined {
  if (prefix.length < agreement) return undefined;
  const key = prefix.slice(-agreement);
  let best: Match | undefined;
  for (const text of texts) {
    const isPrefix = text === prefix;
    for (let at = text.lastIndexOf(key); at !== -1; at = at > 0 ? text.lastIndexOf(key, at - 1) : -1) {
      const end = at + agreement;
      if (isPrefix && end === prefix.length) continue;
      const length = agreement + commonEnding(text, at, prefix, prefix.length - agreement);
      if (length > (best?.length ?? 0)) best = { length, continuation: text.slice(end, end + maxContinuationLength) };
    }
  }
  return best;
}

const maxAgreement = 400;

function commonEnding(a: string, endA: number, b: string, endB: number): number {
  const most = Math.min(endA, endB, maxAgreement);
  let length = 0;
  while (length < most && a.charCodeAt(endA - 1 - length) === b.charCodeAt(endB - 1 - length)) length++;
  return length;
}
