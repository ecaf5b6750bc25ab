/**
 * Sentences and number formats that describe tokens, weights and the focus for labels and screen readers. Used by the
 * inspector's views and toolbar.
 */
import { t } from '../shared/translate';
import type { Capture } from './data';
import type { Focus } from './focus';
import { isSimilarity } from './similarity';
import type { SimilarityCapture } from './similarity';
import { strongest } from './model/heat';
import { visible } from './model/glyphs';
import { fileLinesOf, textOf } from './model/rollup';
import { nameOfSegment } from './model/segments';
import type { ViewState } from './model/state';

const language = document.documentElement.lang || 'en';
const percents = new Intl.NumberFormat(language, { style: 'percent', maximumSignificantDigits: 2 });
const numbers = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });

export function percent(part: number): string {
  return part > 0 && part < 0.0001 ? `<${percents.format(0.0001)}` : percents.format(part);
}

export function number(value: number): string {
  return numbers.format(value);
}

/** With a sign, where it may be either. */
export function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${numbers.format(value)}`;
}

/** A token or several as text to read, with the line it stands on where there is one. */
export function nameOfSpan(capture: Capture, sequence: number, from: number, to: number): string {
  const line = lineOf(capture, sequence, from);
  const text = labelOf(capture, sequence, from, to);
  return line === 0 ? text : t('{0} in line {1}', text, line);
}

/** A token or several as text to read; a marker is called by what it stands in front of. */
export function labelOf(capture: Capture, sequence: number, from: number, to: number): string {
  const source = capture.shown.sequences[sequence];
  if (source === undefined) return '';
  const text = textOf(source, from, to);
  if (text !== '') return visible(text, 32);
  if (from === 0) return t('first token (marker)');
  const next = source.segments.find((segment) => segment.from > from && segment.kind !== 'special');
  return next === undefined ? t('marker') : t('marker: {0}', nameOfSegment(next.kind, t));
}

const linesOfCaptures = new WeakMap<Capture, Uint32Array[]>();

/** The number of the line in its file that a token stands on; 0 where it is in none. */
export function lineOf(capture: Capture, sequence: number, token: number): number {
  let lines = linesOfCaptures.get(capture);
  if (lines === undefined) {
    lines = capture.shown.sequences.map((source, index) => fileLinesOf(source, capture.shown.firstLines[index] ?? []));
    linesOfCaptures.set(capture, lines);
  }
  return lines[sequence]?.[token] ?? 0;
}

/** What a token is and how much it has to do with what is pointed at. */
export function describeToken(capture: Capture, focus: Focus | undefined, token: number, state: ViewState): string {
  if (isSimilarity(capture))
    return t(
      '{0}: similarity {1}',
      nameOfSpan(capture, 1, token, token + 1),
      signed((focus?.side === 1 ? focus.values : capture.table.codeSums)[token] ?? 0),
    );
  const { queries, keys } = capture.shown.stacks[state.stack] ?? { queries: 0, keys: 0 };
  const name = nameOfSpan(capture, state.direction === 'reads' ? keys : queries, token, token + 1);
  if (focus === undefined) return name;
  return `${name}: ${percent(focus.values[token] ?? 0)}`;
}

/** What is pointed at and its strongest partners, in a sentence to be spoken. */
export function speakFocus(focus: Focus): string {
  const { capture, own, side, from, to, values, direction } = focus;
  if (isSimilarity(capture)) return speakSimilarity(capture, focus);
  const name = nameOfSpan(capture, own, from, to);
  const partners = strongest(values, 3).map(
    (token) => `${nameOfSpan(capture, side, token, token + 1)} ${percent(values[token] ?? 0)}`,
  );
  if (partners.length === 0) return direction === 'reads' ? t('{0} reads nothing', name) : t('Nothing reads {0}', name);
  return direction === 'reads'
    ? t('{0} reads {1}', name, partners.join(', '))
    : t('{0} is read by {1}', name, partners.join(', '));
}

/** What of a question and what was found for it is pointed at; of all of the question where `whole`. */
export function nameOfPart(capture: SimilarityCapture, { own, from, to }: Pick<Focus, 'own' | 'from' | 'to'>): string {
  return own === 0 && to - from === capture.table.rows ? t('The whole question') : labelOf(capture, own, from, to);
}

function speakSimilarity(capture: SimilarityCapture, focus: Focus): string {
  const { side, values } = focus;
  const partners = strongest(values.map(Math.abs), 3).map(
    (token) => `${nameOfSpan(capture, side, token, token + 1)} ${signed(values[token] ?? 0)}`,
  );
  return t('{0} is alike to {1}', nameOfPart(capture, focus), partners.join(', '));
}
