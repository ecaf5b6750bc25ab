/** Where a line of a notebook's text, as the index has it, stands in the editor. Pure; used by `hitDocument.vscode.ts`. */

/** A line of a cell, both counted from 0. */
export interface CellLine {
  readonly cell: number;
  readonly line: number;
}

/**
 * @param lineCounts lines of each cell, as the editor has them
 * @param line of the text, from 0: above each cell stands one that names its language (see `notebookText`)
 * @returns the nearest place there is; undefined where there are no cells
 */
export function cellAt(lineCounts: readonly number[], line: number): CellLine | undefined {
  let left = line;
  for (const [cell, lines] of lineCounts.entries()) {
    if (left <= lines || cell === lineCounts.length - 1)
      return { cell, line: Math.min(Math.max(0, left - 1), lines - 1) };
    left -= lines + 1;
  }
  return undefined;
}
