/** How a text is indented; used where the next line's indentation is foreseen, and where typing is replayed. */

/** The indentation that the first indented line of a text has, as the editor detects it; four blanks where none has any. */
export function indentUnit(text: string): string {
  return /\n(\t| {2}(?! )| {4})(?=\S)/.exec(text)?.[1] ?? '    ';
}
