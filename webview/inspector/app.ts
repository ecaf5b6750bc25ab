/**
 * Root of the inspector webview: builds its views, receives captures from the host, and keeps the view state. Created
 * by `main.ts`.
 */
import type { CaptureView, InspectorProtocol } from '../../src/features/inspector/messages';
import { element } from '../shared/dom';
import { t } from '../shared/translate';
import type { HostClient } from '../shared/client';
import type { Memory } from '../shared/host';
import type { PanelContext, View } from './context';
import { tabs } from './controls';
import { Capture } from './data';
import { sidesOf, FocusFinder } from './focus';
import { Header } from './header';
import { Highlighter } from './highlighter';
import { fitState, parseState, readState } from './model/state';
import type { Bounds, ViewName } from './model/state';
import { Store } from './store';
import { onThemeChange, readTheme } from './theme';
import { isSimilarity, SimilarityCapture } from './similarity';
import { Toolbar } from './toolbar';
import { CodeView } from './views/code';
import { DetailView } from './views/detail';
import { HeadsView } from './views/heads';
import { MatrixView } from './views/matrix';
import { QuestionView } from './views/question';
import { WhyView } from './views/why';
import { errorMessage } from '../../src/common/errorMessage';

/** The panel: what the host shows goes in, what is pointed at goes out. */
export class App {
  readonly #store = new Store();
  readonly #captures: { main?: Capture; other?: Capture } = {};
  #theme = readTheme();
  readonly #status = element('div', { class: 'spoken', 'aria-live': 'polite', role: 'status' });
  readonly #notice = element('p', { class: 'notice', role: 'alert', hidden: true });
  readonly #welcome = element('div', { class: 'welcome' });
  readonly #content = element('main', { class: 'content', hidden: true });
  readonly #context: PanelContext;
  readonly #finder: FocusFinder;
  readonly #code: CodeView;
  readonly #parts: readonly View[];
  readonly #bar;
  /** A state from a link, until the capture it belongs to is there. */
  #wanted: string | undefined;

  constructor(
    private readonly host: HostClient<InspectorProtocol>,
    private readonly memory: Memory,
  ) {
    this.#context = {
      store: this.#store,
      host,
      theme: () => this.#theme,
      main: () => this.#captures.main,
      other: () => this.#captures.other,
      announce: (sentence) => (this.#status.textContent = sentence),
      fail: (error) => this.#fail(error),
    };
    this.#finder = new FocusFinder(this.#context);
    const code = (this.#code = new CodeView(this.#context, this.#finder));
    const heads = new HeadsView(this.#context);
    const matrix = new MatrixView(this.#context);
    const why = new WhyView(this.#context);
    const header = new Header(this.#context, { code, heads, matrix }, this.#finder);
    const toolbar = new Toolbar(this.#context);
    const detail = new DetailView(this.#context, this.#finder);
    const question = new QuestionView(this.#context, this.#finder);
    this.#parts = [header, toolbar, question, code, heads, matrix, why, detail];
    const panels = {
      code: element('div', { class: 'view' }, code.element),
      heads: element('div', { class: 'view' }, heads.element),
      matrix: element('div', { class: 'view' }, matrix.element),
      why: element('div', { class: 'view' }, why.element),
    };
    this.#bar = tabs<ViewName>(
      t('Views'),
      [
        { name: 'code', label: t('Code'), panel: panels.code },
        { name: 'heads', label: t('Heads'), panel: panels.heads },
        { name: 'matrix', label: t('Matrix'), panel: panels.matrix },
        { name: 'why', label: t('Why'), panel: panels.why },
      ],
      (view) => this.#store.update({ view }),
    );
    const viewBox = element('div', { class: 'views' }, panels.code, panels.heads, panels.matrix, panels.why);
    this.#content.append(
      this.#bar.element,
      toolbar.element,
      question.element,
      element('div', { class: 'split' }, viewBox, detail.element),
      ...helps(),
    );
    document.body.append(header.element, this.#notice, this.#welcome, this.#content, this.#status);
    this.#welcome.append(
      element('p', {}, t('Nothing is being inspected yet.')),
      element(
        'p',
        { class: 'muted' },
        t(
          'Select code in the editor and choose “Glassbox: Inspect Attention” in its context menu, or ask why a suggestion was made.',
        ),
      ),
    );
    new Highlighter(this.#context, this.#finder);
    this.#listen();
    this.#store.update(readState(this.memory.read()));
    this.host.notify('ready', {});
    this.#refresh();
  }

  #listen(): void {
    this.#store.subscribe((state, before) => {
      this.memory.write(state);
      const keys = Object.keys(state) as (keyof typeof state)[];
      // `focus` changes with every move of the mouse; only the views that show it redraw, called by the finder.
      if (keys.some((key) => key !== 'focus' && state[key] !== before[key])) this.#refresh();
      if (state.view !== before.view || state.focus === before.focus) this.#notice.hidden = true;
    });
    onThemeChange(() => {
      this.#theme = readTheme();
      this.#refresh();
    });
    this.host.on('shown', (shown) => this.#show(shown));
    this.host.on('progress', ({ capture, stack, done }) =>
      this.#change(capture, (known) => known.progressed(stack, done)),
    );
    this.host.on('finished', (finished) =>
      this.#change(finished.capture, (known) => {
        known.finish(finished);
        void this.#finder.find();
      }),
    );
    this.host.on('stale', ({ capture, stale }) => this.#change(capture, (known) => (known.stale = stale)));
    this.host.on('cursor', ({ capture, sequence, token }) => this.#follow(capture, sequence, token));
    this.host.on('failed', ({ message }) => this.#fail(new Error(message)));
    this.host.on('busy', ({ title }) => this.#context.announce(t('Capturing {0}', title)));
    this.host.on('state', ({ state }) => {
      this.#wanted = state;
      this.#restore();
    });
  }

  #show(shown: CaptureView): void {
    const { similarity } = shown;
    const capture =
      similarity === undefined
        ? new Capture(shown, (name, params, options) => this.host.request(name, params, options))
        : new SimilarityCapture(shown, similarity);
    this.#notice.hidden = true;
    this.#captures[shown.slot] = capture;
    if (shown.slot === 'main') {
      delete this.#captures.other;
      this.#store.update({ focus: null, against: null, otherMap: null });
      if (shown.kind === 'suggestion' && shown.logprobs.length > 0 && this.#wanted === undefined)
        this.#store.update({ view: 'why' });
    } else {
      this.#store.update({ against: 'other', otherMap: null });
    }
    this.#restore();
    this.#store.update(fitState(this.#store.state, this.#bounds()));
    this.#refresh();
    this.#context.announce(t('Showing {0}', shown.title));
  }

  #restore(): void {
    if (this.#wanted === undefined || this.#captures.main === undefined) return;
    this.#store.update(fitState(parseState(this.#wanted), this.#bounds()));
    this.#wanted = undefined;
  }

  #bounds(): Bounds {
    const shown = this.#captures.main?.shown;
    return {
      stacks: shown?.stacks ?? [],
      tokens: shown?.sequences.map(({ ids }) => ids.length) ?? [],
      generated: (shown?.logprobs.length ?? 0) > 0,
      other: this.#captures.other !== undefined,
      apart: isSimilarity(this.#captures.main),
    };
  }

  #change(id: number, change: (capture: Capture) => void): void {
    const capture = [this.#captures.main, this.#captures.other].find((known) => known?.id === id);
    if (capture === undefined) return;
    change(capture);
    this.#refresh();
  }

  /** The editor's cursor has moved onto a token. */
  #follow(id: number, sequence: number, token: number): void {
    const capture = this.#captures.main;
    if (capture?.id !== id) return;
    if (isSimilarity(capture)) this.#store.update({ direction: 'readBy' });
    if (sidesOf(capture, this.#store.state).own !== sequence) return;
    this.#store.update({ focus: token });
    this.#code.show(token);
  }

  #fail(error: unknown): void {
    this.#notice.textContent = errorMessage(error);
    this.#notice.hidden = false;
  }

  #refresh(): void {
    const shown = this.#captures.main?.shown;
    this.#content.hidden = shown === undefined;
    this.#welcome.hidden = shown !== undefined;
    const generated = (shown?.logprobs.length ?? 0) > 0;
    const apart = isSimilarity(this.#captures.main);
    this.#bar.show(
      generated ? ['code', 'heads', 'matrix', 'why'] : apart ? ['code', 'matrix'] : ['code', 'heads', 'matrix'],
      this.#store.state.view,
    );
    for (const part of this.#parts) part.refresh();
  }
}

/** Descriptions of the keys, for screen readers. */
function helps(): HTMLElement[] {
  const text = {
    'help-code': t(
      'Arrow keys go from token to token, Enter shows one in the editor, R turns the direction round, Escape lets go.',
    ),
    'help-heads': t('Arrow keys go from head to head, Enter opens one as a matrix.'),
    'help-matrix': t(
      'Arrow keys move the cross, plus and minus zoom, 0 shows everything, Enter shows the row’s token in the code.',
    ),
  };
  return Object.entries(text).map(([id, sentence]) => element('p', { id, class: 'spoken' }, sentence));
}
