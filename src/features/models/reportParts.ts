/** What the reports of all trials have in common: their buttons, and how figures are written. Pure functions. */
import type { Translate } from '../../common/translate';
import type { ReportAction } from '../../ipc/pages/report';

/** What a trial lets the user do by now. */
export interface TrialChoices {
  /** What is being done, one sentence; then there is nothing but to cancel it. */
  readonly working?: string | undefined;
  /** What would be gone back to, where what was tried is in use. */
  readonly back?: string | undefined;
  /** What was tried, where it may be used. */
  readonly use?: string | undefined;
}

/** The ids are those that `TrialPage` understands. */
export function trialActions({ working, back, use }: TrialChoices, t: Translate): ReportAction[] {
  if (working !== undefined) return [{ id: 'cancel', label: t('Cancel') }];
  return [
    ...(back !== undefined
      ? [{ id: 'back', label: t('Back to {0}', back), isMain: true }]
      : use === undefined
        ? []
        : [{ id: 'use', label: t('Use {0}', use), isMain: true }]),
    { id: 'again', label: t('Try Again') },
    { id: 'choose', label: t('Choose Another…') },
  ];
}

export const milliseconds = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

export const whole = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : String(Math.round(value));
