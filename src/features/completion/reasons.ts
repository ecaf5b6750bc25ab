/**
 * The reasons for which no suggestion is shown, and the sentence for each in the user's language. Used by the gate,
 * the filters, the completer and the command line.
 */
import type { Translate } from '../../common/translate';

/** Why no suggestion appeared. */
export type NoSuggestionReason =
  | { readonly kind: 'off' }
  | { readonly kind: 'languageOff'; readonly languageId: string }
  | { readonly kind: 'secretFile' }
  | { readonly kind: 'secretLine' }
  | { readonly kind: 'notText' }
  | { readonly kind: 'insideWord' }
  | { readonly kind: 'multipleCursors' }
  | { readonly kind: 'diffEditor' }
  | { readonly kind: 'inComment' }
  | { readonly kind: 'inString' }
  | { readonly kind: 'wroteNothing' }
  | { readonly kind: 'onlyWhitespace' }
  | { readonly kind: 'repeatsFollowing' }
  | { readonly kind: 'repeatsBefore' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'loops' }
  | { readonly kind: 'garbled' }
  | { readonly kind: 'looksSecret' }
  | { readonly kind: 'unsure'; readonly confidence: number; readonly minimum: number }
  | { readonly kind: 'late' }
  | { readonly kind: 'failed'; readonly message: string };

/** The reason in the user's language, one sentence without its full stop. */
export function describeReason(reason: NoSuggestionReason, t: Translate): string {
  switch (reason.kind) {
    case 'off':
      return t('Completions are switched off');
    case 'languageOff':
      return t('Completions are switched off for the language {0}', reason.languageId);
    case 'secretFile':
      return t('Files that usually hold secrets are never completed, nor shown to a model');
    case 'secretLine':
      return t('This line holds what looks like a password or a key');
    case 'notText':
      return t('This does not look like a text file');
    case 'insideWord':
      return t('The cursor stands inside a word');
    case 'multipleCursors':
      return t('Completions are switched off while there are several cursors');
    case 'diffEditor':
      return t('Completions are switched off in diff editors');
    case 'inComment':
      return t('Completions are switched off in comments');
    case 'inString':
      return t('Completions are switched off in strings');
    case 'wroteNothing':
      return t('The model had nothing to add here');
    case 'onlyWhitespace':
      return t('The model wrote only whitespace');
    case 'repeatsFollowing':
      return t('The model repeated what already follows the cursor');
    case 'repeatsBefore':
      return t('The model repeated the line before');
    case 'deleted':
      return t('The suggestion was what you have just deleted');
    case 'loops':
      return t('The model went round in circles');
    case 'garbled':
      return t('The suggestion held a character that could not be read');
    case 'looksSecret':
      return t('The suggestion looked like a password or a key');
    case 'unsure':
      return t(
        'The model was too unsure: {0} %, at least {1} % are wanted',
        percent(reason.confidence),
        percent(reason.minimum),
      );
    case 'late':
      return t('The model did not answer in time');
    case 'failed':
      return t('The engine failed: {0}', reason.message);
  }
}

function percent(probability: number): number {
  return Math.round(probability * 100);
}
