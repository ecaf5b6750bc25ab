/** What the matrix view says of the cell that is pointed at. Draws nothing. */
import { t } from '../../shared/translate';
import type { Capture } from '../data';
import { tileSide } from '../model/cells';
import { nameOfSpan, percent, signed } from '../sentences';
import { isSimilarity } from '../similarity';
import type { Tiles } from './tiles';

export interface ShownTiles {
  readonly tiles: Tiles;
  /** Whether the cells are differences to another map. */
  readonly compares: boolean;
}

/** A weight map: which sequences its rows and columns are, and whether later tokens are hidden from earlier ones. */
interface TokenMap {
  readonly queries: number;
  readonly keys: number;
  readonly causal: boolean;
}

export function cellSentence(
  capture: Capture,
  { queries, keys, causal }: TokenMap,
  { row, column }: { row: number; column: number },
  shown: ShownTiles | undefined,
): string {
  const reader = nameOfSpan(capture, queries, row, row + 1);
  const read = nameOfSpan(capture, keys, column, column + 1);
  if (isSimilarity(capture))
    return t('{0} and {1}: similarity {2}', reader, read, signed(capture.table.at(row, column)));
  if (causal && column > row) return t('{0} cannot see {1}: it comes later', reader, read);
  const tile = shown?.tiles.get({ level: 0, x: Math.floor(column / tileSide), y: Math.floor(row / tileSide) });
  const cell = tile?.cells[(row % tileSide) * tile.width + (column % tileSide)];
  if (cell === undefined || shown?.compares === true) return t('{0} → {1}', reader, read);
  return t('{0} gives {1} to {2}', reader, percent((cell / 255) ** 2), read);
}
