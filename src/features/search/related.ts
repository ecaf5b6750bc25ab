/**
 * What leads from one piece of code to others by names alone, where no language server answers: which names it calls, and
 * where a name stands in a text. Used by `related.vscode.ts`; pure.
 */

/** How many names of a piece of code are looked for. */
const maxNames = 24;
/** UTF-16 units: what is shorter says too little. */
const minNameLength = 3;

/** Names that are called in some code, in the order in which they stand there, each once. @param own is left out */
export function calledNames(code: string, own: string): string[] {
  const names = new Set<string>();
  for (const [, name = ''] of code.matchAll(
    /(?<![\p{L}\p{N}_$])([\p{L}_$][\p{L}\p{N}_$]*)[?!]?\s*(?:<[\w\s,.[\]]*>)?\(/gu,
  )) {
    if (name.length >= minNameLength && name !== own) names.add(name);
  }
  return [...names].slice(0, maxNames);
}

/** Where a name stands as a whole. @returns UTF-16 offsets, ascending */
export function placesOf(name: string, text: string): number[] {
  const found: number[] = [];
  const isPart = (character: string | undefined): boolean => /[\p{L}\p{N}_$]/u.test(character ?? '');
  for (let at = text.indexOf(name); at >= 0 && name !== ''; at = text.indexOf(name, at + 1))
    if (!isPart(text[at - 1]) && !isPart(text[at + name.length])) found.push(at);
  return found;
}

/** `Session.load` → `load`: what others call it by; empty outside of definitions. */
export const plainSymbol = (symbol: string): string => symbol.slice(symbol.lastIndexOf('.') + 1);
