/**
 * First checks of a completion request: before any text is read (completions off, language off, secret file), and by the
 * cursor where the user did not ask by a command. Used by the provider; pure functions.
 */
import { isLanguageEnabled } from '../../host/settings';
import type { Settings } from '../../host/settings';
import { isSecretPath } from '../../common/secrets/secretFiles';
import { languageOf } from '../../syntax/languages';
import { Scanner } from '../../syntax/scanner';
import { insideWord } from './cursorContext';
import type { CursorContext } from './cursorContext';
import type { NoSuggestionReason } from './reasons';

/** What is known of a key press before any text is read. */
export interface Eligibility {
  readonly path: string;
  readonly languageId: string;
}

/** Why nothing is to be suggested here at all, before any text is read; undefined where something may be. */
export function whyNotOffered(
  occasion: Eligibility,
  settings: Pick<Settings, 'completionEnabled' | 'completionLanguages'>,
): NoSuggestionReason | undefined {
  if (!settings.completionEnabled) return { kind: 'off' };
  if (!isLanguageEnabled(settings.completionLanguages, occasion.languageId)) {
    return { kind: 'languageOff', languageId: occasion.languageId };
  }
  return isSecretPath(occasion.path) ? { kind: 'secretFile' } : undefined;
}

/** How a document is being edited. */
export interface EditorSituation {
  readonly cursors: number;
  /** Whether it is compared with another one. */
  readonly isDiff: boolean;
}

/** Why nothing is to be suggested at a cursor while the user types; undefined where something may be. */
export function whyNotHere(
  cursor: CursorContext,
  path: string,
  { cursors, isDiff }: EditorSituation,
  where: Settings['completionWhere'],
): NoSuggestionReason | undefined {
  if (insideWord(cursor)) return { kind: 'insideWord' };
  if (cursors > 1 && !where.multipleCursors) return { kind: 'multipleCursors' };
  if (isDiff && !where.diffEditors) return { kind: 'diffEditor' };
  if (where.comments && where.strings) return undefined;
  const before = new Scanner(languageOf(path)).feedAll(cursor.prefix);
  if (before.isInComment && !where.comments) return { kind: 'inComment' };
  return before.quote !== '' && !where.strings ? { kind: 'inString' } : undefined;
}
