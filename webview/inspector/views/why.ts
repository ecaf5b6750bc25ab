/**
 * Why view of the inspector: tokens of a suggestion with probabilities, the lines it was read from, checks by hiding a
 * line, and identifier origins. Created by `app.ts`.
 */
import type { Causal, Provenance } from '../../../src/features/inspector/messages';
import { element } from '../../shared/dom';
import { t } from '../../shared/translate';
import type { PanelContext, View } from '../context';
import { columns, rove } from '../controls';
import type { Capture } from '../data';
import { placeOf } from '../focus';
import { visible } from '../model/glyphs';
import { originsOf } from '../model/identifiers';
import type { Identifier, Origin } from '../model/identifiers';
import { labelOf, lineOf, number, percent } from '../sentences';
import { errorMessage } from '../../../src/common/errorMessage';

const shownLines = 8;

/** Where a suggestion came from: its tokens with their probabilities, the lines they were read from, and what hiding one does. */
export class WhyView implements View {
  readonly element = element('div', { class: 'why-view' });
  readonly #written = element('div', { class: 'written', role: 'group', 'aria-label': t('What the model wrote') });
  readonly #summary = element('p', { class: 'facts muted' });
  readonly #lines = element('tbody');
  readonly #names = element('ul', { class: 'names' });
  readonly #namesBox: HTMLElement;
  readonly #checks = new Map<string, Causal | 'running' | { readonly failed: string }>();
  #loading = '';
  #shownCapture = 0;
  #found: { key: string; provenance: Provenance } | undefined;
  /** The token explained; all of them together where it is undefined. */
  #chosen: number | undefined;

  constructor(private readonly context: PanelContext) {
    const head = [t('Share'), t('Line'), t('Number'), t('Check')].map((text) => element('th', { scope: 'col' }, text));
    this.#namesBox = element('section', {}, element('h2', {}, t('Names in it')), this.#names);
    this.element.append(
      element('h2', {}, t('The suggestion')),
      this.#written,
      this.#summary,
      element('h2', {}, t('Lines it was read from')),
      element(
        'table',
        { class: 'partners lines' },
        columns('weight', 'grow', 'line', 'check'),
        element('thead', { class: 'spoken' }, element('tr', {}, ...head)),
        this.#lines,
      ),
      element(
        'p',
        { class: 'muted hint' },
        t(
          'Weights only say where the model looked. A check hides the line and sees whether the suggestion becomes less likely than with other lines hidden.',
        ),
      ),
      this.#namesBox,
    );
    rove(this.#written, 'button');
    rove(this.#lines, '.reveal');
  }

  refresh(): void {
    const capture = this.context.main();
    if (capture === undefined || capture.shown.logprobs.length === 0 || this.context.store.state.view !== 'why') return;
    void this.#load(capture);
  }

  async #load(capture: Capture): Promise<void> {
    const { withoutSink } = this.context.store.state;
    const place = placeOf(this.context.store.state);
    const key = JSON.stringify([capture.id, capture.version, place, withoutSink]);
    if (this.#loading === key) {
      if (this.#found?.key === key) this.#show(capture);
      return;
    }
    this.#loading = key;
    if (this.#shownCapture !== capture.id) this.#chosen = this.#found = undefined;
    this.#shownCapture = capture.id;
    this.#showWritten(capture);
    if (!capture.complete) return;
    try {
      const provenance = await capture.provenance(place, withoutSink);
      if (this.#loading !== key) return;
      this.#found = { key, provenance };
      this.#show(capture);
    } catch (error) {
      if (this.#loading === key) this.context.fail(error);
    }
  }

  #show(capture: Capture): void {
    this.#showWritten(capture);
    this.#showLines(capture);
    this.#showNames(capture);
  }

  /** First of the tokens that the model wrote; they are the last of their sequence. */
  #firstWritten(capture: Capture): number {
    return capture.tokens(this.#sequence(capture)) - capture.shown.logprobs.length;
  }

  /** The model's own, natural logarithms; of what it did not write, they are there once it was asked. */
  #logprobs(capture: Capture): readonly number[] | undefined {
    return capture.shown.copied === true
      ? this.#found?.provenance.tokens.map(({ logprob }) => logprob)
      : capture.shown.logprobs;
  }

  #sequence(capture: Capture): number {
    return capture.shown.stacks[this.context.store.state.stack]?.queries ?? 0;
  }

  #showWritten(capture: Capture): void {
    const first = this.#firstWritten(capture);
    const { copied = false } = capture.shown;
    this.#written.setAttribute('aria-label', copied ? t('What was copied') : t('What the model wrote'));
    const logprobs = this.#logprobs(capture);
    const buttons = capture.shown.logprobs.map((_, i) => {
      const token = first + i;
      const logprob = logprobs?.[i];
      const text = labelOf(capture, this.#sequence(capture), token, token + 1);
      const label = logprob === undefined ? text : t('{0}: probability {1}', text, percent(Math.exp(logprob)));
      const press = element(
        'button',
        {
          class: `token code ${logprob === undefined ? '' : sureness(Math.exp(logprob))}`,
          tabindex: i === 0 ? 0 : -1,
          'aria-pressed': String(token === this.#chosen),
          title: label,
          'aria-label': label,
        },
        text,
      );
      press.addEventListener('click', () => {
        this.#chosen = token === this.#chosen ? undefined : token;
        // What decided on a token is the row before it.
        this.context.store.update({ focus: this.#chosen === undefined ? null : token - 1, direction: 'reads' });
        this.#show(capture);
        this.#written.querySelectorAll('button')[i]?.focus();
      });
      return press;
    });
    this.#written.replaceChildren(...buttons);
    if (logprobs === undefined) {
      this.#summary.textContent = t(
        'Copied, not written by the model. How likely it finds these tokens is being calculated.',
      );
      return;
    }
    const total = logprobs.reduce((sum, logprob) => sum + logprob, 0);
    const whole = copied
      ? t(
          'Copied, not written by the model, which gives these {0} tokens log p = {1}, {2} for a token',
          logprobs.length,
          number(total),
          percent(Math.exp(total / Math.max(1, logprobs.length))),
        )
      : t(
          'All {0} tokens; together log p = {1}, {2} for a token',
          logprobs.length,
          number(total),
          percent(Math.exp(total / Math.max(1, logprobs.length))),
        );
    this.#summary.textContent =
      this.#chosen === undefined
        ? whole
        : t(
            '{0}: log p = {1}, probability {2}',
            labelOf(capture, this.#sequence(capture), this.#chosen, this.#chosen + 1),
            number(logprobs[this.#chosen - first] ?? 0),
            percent(Math.exp(logprobs[this.#chosen - first] ?? 0)),
          );
  }

  #showLines(capture: Capture): void {
    const provenance = this.#found?.provenance;
    if (provenance === undefined) return;
    const weighted =
      this.#chosen === undefined
        ? provenance.total
        : (provenance.tokens.find(({ token }) => token === this.#chosen)?.lines ?? []);
    const most = weighted[0]?.weight ?? 1;
    const sequence = this.#sequence(capture);
    const rows = weighted.slice(0, shownLines).flatMap(({ line, weight }) => {
      const span = provenance.lines[line];
      if (span === undefined) return [];
      const bar = element('span', { class: 'bar reads' });
      bar.style.width = `${(100 * weight) / most}%`;
      const text = capture.shown.sequences[sequence]?.text.slice(span.start, span.end).trim() ?? '';
      const reveal = element(
        'button',
        { class: 'plain code reveal', tabindex: -1, title: t('Show in the editor') },
        visible(text.replace(/\n/g, ''), 80),
      );
      reveal.addEventListener('click', () =>
        this.context.host.notify('reveal', { capture: capture.id, sequence, from: span.from, to: span.to }),
      );
      const number = lineOf(capture, sequence, span.from);
      return [
        element(
          'tr',
          {},
          element('td', { class: 'weight' }, bar, element('span', {}, percent(weight))),
          element('td', { class: 'grow' }, reveal),
          element('td', { class: 'line muted' }, number > 0 ? String(number) : ''),
          element('td', { class: 'check' }, this.#checkFor(capture, span)),
        ),
      ];
    });
    this.#lines.replaceChildren(...rows);
  }

  #checkFor(capture: Capture, { from, to }: { from: number; to: number }): HTMLElement {
    const first = this.#chosen ?? this.#firstWritten(capture);
    const key = JSON.stringify([capture.id, from, to, this.#chosen ?? null]);
    const known = this.#checks.get(key);
    if (known === 'running') return element('vscode-progress-ring', { 'aria-label': t('Hiding the line') });
    if (known !== undefined && 'failed' in known)
      return element('span', { class: 'muted', title: known.failed }, t('not possible'));
    if (known !== undefined) return badge(known);
    const run = element(
      'vscode-button',
      { appearance: 'secondary', ...(to <= first ? {} : { disabled: true }) },
      t('Check'),
    );
    run.addEventListener('click', () => void this.#check(capture, key, { from, to }));
    return run;
  }

  async #check(capture: Capture, key: string, hidden: { from: number; to: number }): Promise<void> {
    this.#checks.set(key, 'running');
    this.#showLines(capture);
    try {
      const target = this.#chosen === undefined ? {} : { target: { from: this.#chosen, to: this.#chosen + 1 } };
      const result = await this.context.host.request(
        'causal',
        { capture: capture.id, hidden, ...target },
        { timeoutMs: 120_000 },
      );
      this.#checks.set(key, result);
      this.context.announce(sentenceOf(result));
    } catch (error) {
      this.#checks.set(key, { failed: errorMessage(error) });
      this.context.fail(error);
    }
    this.#showLines(capture);
  }

  #showNames(capture: Capture): void {
    const sequence = this.#sequence(capture);
    const source = capture.shown.sequences[sequence];
    if (source === undefined) return;
    const start = source.ranges[2 * this.#firstWritten(capture)] ?? source.text.length;
    const found = originsOf(source.text.slice(start), source.text.slice(0, start));
    this.#namesBox.hidden = found.length === 0;
    const seen = new Set<string>();
    this.#names.replaceChildren(
      ...found
        .filter(({ name }) => !seen.has(name) && seen.add(name))
        .map((identifier) =>
          element(
            'li',
            {},
            element('span', { class: 'code' }, identifier.name),
            element('span', { class: `badge ${identifier.origin}` }, nameOfOrigin(identifier.origin)),
            sourceOf(capture, sequence, identifier),
          ),
        ),
    );
  }
}

function sureness(probability: number): 'sure' | 'likely' | 'unsure' {
  return probability >= 0.8 ? 'sure' : probability >= 0.3 ? 'likely' : 'unsure';
}

function badge(result: Causal): HTMLElement {
  const label = result.verdict === 'causal' ? t('causal') : t('correlational');
  const change = `Δ log p ${result.delta > 0 ? '+' : ''}${number(result.delta)}`;
  return element(
    'span',
    { class: 'verdict', title: sentenceOf(result) },
    element('span', { class: `badge ${result.verdict}` }, label),
    element('span', { class: 'muted' }, change),
  );
}

function sentenceOf({ verdict, delta, p, controlDeltas }: Causal): string {
  const numbers = t(
    'Hiding it changes log p by {0}; p = {1} against {2} other places of the same length.',
    number(delta),
    number(p),
    controlDeltas.length,
  );
  return verdict === 'causal'
    ? t('Causal: the suggestion needs this line. {0}', numbers)
    : t('Correlational: it was read, but hiding it does no more than hiding other places. {0}', numbers);
}

function nameOfOrigin(origin: Origin): string {
  switch (origin) {
    case 'copied':
      return t('copied');
    case 'renamed':
      return t('renamed');
    case 'new':
      return t('new');
  }
}

function sourceOf(capture: Capture, sequence: number, { origin, source, sourceStart }: Identifier): HTMLElement {
  if (source === undefined || sourceStart === undefined)
    return element('span', { class: 'muted' }, t('not in the prompt'));
  const ranges = capture.shown.sequences[sequence]?.ranges ?? new Uint32Array();
  let token = 0;
  while (2 * token + 1 < ranges.length && (ranges[2 * token + 1] as number) <= sourceStart) token++;
  const line = lineOf(capture, sequence, token);
  const place = line > 0 ? t('line {0}', line) : t('the prompt');
  return element('span', { class: 'muted' }, origin === 'renamed' ? t('like {0}, {1}', source, place) : place);
}
