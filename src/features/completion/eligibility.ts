/**
 * First check of a completion request, before any text is read: completions off, snoozed, language off or secret file.
 * Used by the provider.
 */
import { isLanguageEnabled } from '../../host/settings';
import type { Settings } from '../../host/settings';
import type { NoSuggestionReason } from './reasons';
import { isSecretPath } from '../../common/secrets/secretFiles';

/** What is known of a key press before any text is read. */
export interface Eligibility {
  readonly path: string;
  readonly languageId: string;
  readonly snoozed: boolean;
}

/** Why nothing is to be suggested here at all, before any text is read; undefined where something may be. */
export function whyNotOffered(
  occasion: Eligibility,
  settings: Pick<Settings, 'completionEnabled' | 'completionLanguages'>,
): NoSuggestionReason | undefined {
  if (!settings.completionEnabled) return { kind: 'off' };
  if (occasion.snoozed) return { kind: 'snoozed' };
  if (!isLanguageEnabled(settings.completionLanguages, occasion.languageId)) {
    return { kind: 'languageOff', languageId: occasion.languageId };
  }
  return isSecretPath(occasion.path) ? { kind: 'secretFile' } : undefined;
}
