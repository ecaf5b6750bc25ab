/** Sparse lists of related cells, row by row; built by `relations.ts`, read by the engine's head scores. */

/** Which tokens belong to which: for each row, columns; as one list with the place where each row begins. */
export interface TokenPairs {
  /** [rows + 1]. */
  readonly starts: Uint32Array;
  readonly columns: Uint32Array;
}

/** @param columnsOf the columns that belong to a row; ones that come twice count once */
export function pairsOf(rows: number, columnsOf: (row: number) => Iterable<number>): TokenPairs {
  const starts = new Uint32Array(rows + 1);
  const columns: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (const column of new Set(columnsOf(row))) columns.push(column);
    starts[row + 1] = columns.length;
  }
  return { starts, columns: Uint32Array.from(columns) };
}

/** @param list two numbers for each pair: row and column; others than of the map are left out */
export function pairsFrom(list: Uint32Array, rows: number, columns: number): TokenPairs {
  const byRow = new Map<number, number[]>();
  for (let at = 0; at + 1 < list.length; at += 2) {
    const [row, column] = [list[at] as number, list[at + 1] as number];
    if (row >= rows || column >= columns) continue;
    const known = byRow.get(row);
    if (known) known.push(column);
    else byRow.set(row, [column]);
  }
  return pairsOf(rows, (row) => byRow.get(row) ?? []);
}
