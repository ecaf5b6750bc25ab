/**
 * Translated names for the segments of a model's input. Used by the compare menu, `sentences.ts` and the code painter.
 */
import type { Translate } from '../../../src/common/translate';
import type { SegmentKind } from '../../../src/features/inspector/messages';

/** What people call a stretch of the model's input. */
export function nameOfSegment(kind: SegmentKind, t: Translate): string {
  switch (kind) {
    case 'path':
      return t('File name');
    case 'around':
      return t('Stands in');
    case 'context':
      return t('Other file');
    case 'suffix':
      return t('Below the cursor');
    case 'prefix':
      return t('Before the cursor');
    case 'rest':
      return t('After the cursor');
    case 'generated':
      return t('Written by the model');
    case 'text':
      return t('Text');
    case 'special':
      return t('Marker');
  }
}
