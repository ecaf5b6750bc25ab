/** Says in a sentence for people why an index could not be written; used by `writer.ts`. */
import { errorMessage } from '../../common/errorMessage';
import { sqliteCode } from '../store/journal';

/** SQLite's error codes for a full disk and for what may only be read. */
const [full, readOnly] = [13, 8];

export function sentenceFor(error: unknown, root: string): string {
  const system = error instanceof Error && 'code' in error ? String(error.code) : '';
  const sqlite = sqliteCode(error);
  if (sqlite === full || system === 'ENOSPC' || system === 'EDQUOT')
    return `There is no room left for the index of ${root}; what was indexed before is kept.`;
  if (sqlite === readOnly || system === 'EROFS' || system === 'EACCES')
    return `The index of ${root} cannot be written, its folder is read-only; what was indexed before is searched.`;
  if (system === 'ENOENT') return `${root} is not there; its index is kept as it was.`;
  return `${root} could not be indexed: ${errorMessage(error)}.`;
}
