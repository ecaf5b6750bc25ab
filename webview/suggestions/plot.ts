/**
 * The calibration plot of the page *Your Suggestions*: confidence against how often it was right, as dots by stretches of
 * confidence and the fitted line. Used by `app.ts`; one SVG, with the same numbers in words for assistive technology.
 */
import type { LanguageFigures } from '../../src/features/completion/messages';
import { element } from '../shared/dom';
import { t } from '../shared/translate';
import { percent } from './tables';

const side = 260;
const margin = { left: 44, top: 8, right: 20, bottom: 40 };
const ticks = [0, 0.25, 0.5, 0.75, 1];
const x = (share: number): number => margin.left + share * side;
const y = (share: number): number => margin.top + (1 - share) * side;

/** Dots have areas in proportion to how many suggestions they stand for. */
export function calibrationPlot({ points, curve, threshold, judged }: LanguageFigures): HTMLElement {
  const most = Math.max(...points.map((point) => point.judged));
  const dots = points.map(({ confidence, right, judged: n }) =>
    svg('circle', { class: 'dot', cx: x(confidence), cy: y(right), r: 2.5 + 6.5 * Math.sqrt(n / most) },
      svg('title', {}, t('{0} sure: {1} right, of {2}', percent(confidence), percent(right), Math.round(n)))),
  ); // prettier-ignore
  const line = curve.map(([at, right], index) => `${index === 0 ? 'M' : 'L'}${x(at)} ${y(right)}`).join(' ');
  const width = margin.left + side + margin.right;
  const height = margin.top + side + margin.bottom;
  const picture = svg(
    'svg',
    { class: 'plot', viewBox: `0 0 ${width} ${height}`, width, height, role: 'img', 'aria-label': t('Confidence, and the share that was right') },
    ...ticks.flatMap((tick) => [
      svg('line', { class: 'grid', x1: x(tick), y1: y(0), x2: x(tick), y2: y(1) }),
      svg('line', { class: 'grid', x1: x(0), y1: y(tick), x2: x(1), y2: y(tick) }),
      svg('text', { x: x(tick), y: y(0) + 15, 'text-anchor': 'middle' }, percent(tick)),
      svg('text', { x: x(0) - 6, y: y(tick) + 4, 'text-anchor': 'end' }, percent(tick)),
    ]),
    svg('line', { class: 'diagonal', x1: x(0), y1: y(0), x2: x(1), y2: y(1) }),
    ...(threshold ? [svg('line', { class: 'threshold', x1: x(threshold.learned), y1: y(0), x2: x(threshold.learned), y2: y(1) })] : []),
    svg('path', { class: 'curve', d: line }),
    ...dots,
    svg('text', { class: 'axis', x: x(0.5), y: y(0) + 33, 'text-anchor': 'middle' }, t('How sure the suggestion was')),
  ); // prettier-ignore
  const spoken = points.map(({ confidence, right, judged: n }) =>
    element('li', {}, t('{0} sure: {1} right, of {2}', percent(confidence), percent(right), Math.round(n))),
  );
  return element(
    'div',
    { class: 'calibration' },
    picture as unknown as HTMLElement,
    element(
      'div',
      { class: 'legend' },
      element('p', {}, t('Up: how often it was right, which is what came to stand there, of {0} suggestions.', Math.round(judged))),
      element('p', { class: 'key dots' }, t('counted, the larger the more often')),
      element('p', { class: 'key line' }, t('fitted: this is what is learned')),
      element('p', { class: 'key ideal' }, t('confidence that means what it says')),
      ...(threshold ? [element('p', { class: 'key least' }, t('less sure ones are not shown'))] : []),
    ),
    element('ul', { class: 'spoken' }, ...spoken),
  ); // prettier-ignore
}

function svg(tag: string, attributes: Readonly<Record<string, string | number>>, ...children: (Node | string)[]): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  made.append(...children);
  return made;
} // prettier-ignore
