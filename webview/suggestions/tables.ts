/** Tiles, bars and tables of the page *Your Suggestions*, drawn from its numbers. Used by `app.ts`; asks the host nothing. */
import type { LanguageFigures, StageFigures } from '../../src/features/completion/messages';
import { element } from '../shared/dom';
import { t } from '../shared/translate';

const number = new Intl.NumberFormat(document.documentElement.lang || 'en');

/** Suggestions that were shown. */
export function shownOf({ taken, takenPartly, typedOut, typedOver, left }: LanguageFigures): number {
  return taken + takenPartly + typedOut + typedOver + left;
}

export function percent(share: number): string {
  return t('{0} %', Math.round(share * 100));
}

/** The four numbers that say most. */
export function tiles(figures: LanguageFigures): HTMLElement {
  const shown = shownOf(figures);
  const { after30s } = figures;
  return element(
    'dl',
    { class: 'tiles' },
    tile(number.format(shown), t('shown')),
    tile(percent((figures.taken + figures.takenPartly) / shown), t('taken, whole or in part')),
    tile(number.format(figures.keysSaved), t('keys saved')),
    tile(after30s.looked === 0 ? '–' : percent(after30s.mostly / after30s.looked), t('of those taken still there after 30 seconds')),
  ); // prettier-ignore
}

function tile(value: string, label: string): HTMLElement {
  return element('div', { class: 'tile' }, element('dt', {}, label), element('dd', {}, value));
}

/** What became of those that were shown, a bar each. */
export function fates(figures: LanguageFigures): HTMLElement {
  const rows: [string, number, string?][] = [
    [t('Taken whole'), figures.taken],
    [t('Taken in part'), figures.takenPartly],
    [t('Typed by hand, as suggested'), figures.typedOut],
    [t('Typed over with something else'), figures.typedOver],
    [t('Left'), figures.left],
  ];
  const most = Math.max(...rows.map(([, value]) => value));
  return element(
    'div',
    {},
    table(
      [t('Outcome'), '', t('Suggestions')],
      rows.map(([label, value]) => [label, bar(value / most), number.format(value)]),
    ),
    element('p', { class: 'muted' }, t('By words: {0}; by lines: {1}', figures.byWord, figures.byLine)),
  );
}

/** What was still there of the ones that were taken whole; nothing where none was looked at. */
export function keptTable({ after30s, after5min }: LanguageFigures): HTMLElement[] {
  if (after30s.looked === 0) return [];
  const cells = ({ looked, unchanged, mostly }: LanguageFigures['after30s']): string[] =>
    looked === 0 ? ['–', '–', '0'] : [percent(unchanged / looked), percent(mostly / looked), number.format(looked)];
  return [
    table(
      [t('Of those taken whole'), t('unchanged'), t('less than a third edited'), t('looked at')],
      [
        [t('after 30 seconds'), ...cells(after30s)],
        [t('after 5 minutes'), ...cells(after5min)],
      ],
    ),
  ];
}

/** How sure a suggestion has to be in each language. */
export function thresholdTable(languages: readonly LanguageFigures[]): HTMLElement {
  return table(
    [t('Language'), t('by the setting'), t('as learned'), t('learned from')],
    languages.map(({ id, threshold, judged }) => [
      id,
      percent(threshold?.wanted ?? 0),
      percent(threshold?.learned ?? 0),
      number.format(Math.round(judged)),
    ]),
  );
}

/** Medians and 95th percentiles of what a suggestion's time was spent with. */
export function timesTable(times: readonly StageFigures[]): HTMLElement {
  const names: Readonly<Record<StageFigures['stage'], string>> = {
    known: t('Known already'),
    copied: t('Copied from near by'),
    written: t('Written by the model'),
    read: t('of that: reading'),
    decode: t('of that: writing'),
  };
  return table(
    [t('Where the text came from'), t('half within'), t('95 % within'), t('suggestions')],
    times.map(({ stage, p50, p95, count }) => [
      names[stage],
      milliseconds(p50),
      milliseconds(p95),
      number.format(count),
    ]),
  );
}

function milliseconds(ms: number): string {
  return t('{0} ms', ms < 10 ? ms.toFixed(1) : number.format(Math.round(ms)));
}

function bar(share: number): HTMLElement {
  const made = element('div', { class: 'bar', 'aria-hidden': 'true' });
  made.style.setProperty('--share', String(Number.isFinite(share) ? share : 0));
  return made;
}

function table(head: readonly string[], rows: readonly (readonly (string | HTMLElement)[])[]): HTMLElement {
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { scope: 'col' }, name)))),
    element(
      'tbody',
      {},
      ...rows.map(([name = '', ...cells]) =>
        element('tr', {}, element('th', { scope: 'row' }, name), ...cells.map((cell) => element('td', {}, cell))),
      ),
    ),
  );
}
