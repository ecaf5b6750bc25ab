/**
 * Looks through the files themselves for what has to stand there to the letter: a part of a name or signs, which no list of
 * words leads to. Used by `search.ts`, for as long as a question may take.
 */
import type { Catalogue } from '../store/catalogue';
import type { Slots } from '../store/slots';
import type { ExactText } from './exactText';

/** Milliseconds. */
const maxScanMs = 1_500;
/** Places in one file that are looked at. */
const maxPlaces = 200;

/** How many of the files were looked through, when time was up. */
export interface ScanProgress {
  looked: number;
  total: number;
}

/**
 * The slots of chunks in which what is asked for begins, file by file, each once.
 *
 * @param accepts asked for the number of a file: whether its chunks count
 * @param wholeText its whole text as it is now; undefined where it is gone
 * @param progress is kept up to date
 */
export function* scanFiles(
  { catalogue, slots }: { readonly catalogue: Catalogue; readonly slots: Slots },
  exact: ExactText,
  accepts: (file: number) => boolean,
  wholeText: (path: string) => string | undefined,
  progress: ScanProgress,
): Generator<number> {
  const files = catalogue
    .all<{ id: number; path: string }>('SELECT id, path FROM files WHERE skipped IS NULL ORDER BY modified DESC, path')
    .filter(({ id }) => accepts(id));
  progress.total = files.length;
  const until = performance.now() + maxScanMs;
  for (const { id, path } of files) {
    if (performance.now() > until) return;
    const text = wholeText(path);
    if (text !== undefined && exact.isIn(text)) yield* slotsIn(catalogue, slots, id, exact, text);
    progress.looked++;
  }
}

function* slotsIn(catalogue: Catalogue, slots: Slots, file: number, exact: ExactText, text: string): Generator<number> {
  const starts: number[] = [];
  for (const [start] of exact.spansIn(text)) if (starts.push(start) === maxPlaces) break;
  for (const { id, start, end } of catalogue.all<{ id: number; start: number; end: number }>(
    'SELECT id, "start", "end" FROM chunks WHERE file = ? ORDER BY id',
    file,
  )) {
    const slot = starts.some((at) => at >= start && at < end) ? slots.slotOf(id) : undefined;
    if (slot !== undefined) yield slot;
  }
}
