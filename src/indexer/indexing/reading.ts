/**
 * Chooses the editor's encoding settings for a file of the index, and names them, so that a change of settings has the
 * file read again; used by `indexing.ts`, `upgrade.ts` and `searchIndex.ts`. Reads no file.
 */
import type { EncodingSettings, FolderEncodings } from '../../common/text/encoding/decodeText';
import { languageOf } from '../../syntax/languages';

/** @param path from the root, with `/` between folders */
export function encodingOf(path: string, encodings: FolderEncodings = {}): EncodingSettings {
  const { encoding, guess, byLanguage = {} } = encodings;
  return { encoding: byLanguage[languageOf(path).id] ?? encoding, guess };
}

/** Names the settings: a file that was read by others is read again. */
export function readingOf({ encoding = '', guess = false }: EncodingSettings): string {
  return `${encoding}${guess ? ' guess' : ''}`;
}
