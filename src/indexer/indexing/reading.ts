/** By which of the editor's settings a file of the index is read; used by indexing and by all that reads indexed files again. */
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
