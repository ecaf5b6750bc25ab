/**
 * Root of the search webview: input, index state and hits. Created by `main.ts`; sends questions to the host while the
 * user types, and keeps text and history.
 */
import { maxInputLength } from '../../src/features/search/messages';
import type { SearchAnswer, SearchProtocol, SearchState } from '../../src/features/search/messages';
import { PageError } from '../../src/ipc/pages/protocol';
import type { HostClient } from '../shared/client';
import { element } from '../shared/dom';
import type { Memory } from '../shared/host';
import { t } from '../shared/translate';
import { History } from './history';
import { button, help, notice } from './notices';
import { Results } from './results';
import { Skipped } from './skipped';
import { errorMessage } from '../../src/common/errorMessage';

/** Milliseconds without a key after which is searched. */
const typingMs = 120;
/** Milliseconds after which is searched again while the index grows. */
const refreshMs = 1_000;

/** The search view: an input, how far the index is, and the hits. */
export class App {
  readonly #input = element('input', {
    type: 'text', class: 'input', role: 'searchbox', maxlength: maxInputLength, spellcheck: 'false', autocomplete: 'off',
    placeholder: t('Search by meaning'), 'aria-label': t('Search by meaning: words, or a question'), 'aria-controls': 'hits',
  }); // prettier-ignore
  readonly #chip = element('div', { class: 'chip', hidden: true });
  readonly #progress = element('div', { class: 'progress', hidden: true });
  readonly #spoken = element('div', { class: 'spoken', role: 'status' });
  readonly #remarks = element('div', { class: 'remarks', role: 'note', hidden: true });
  readonly #body = element('div', { class: 'body', id: 'hits' });
  readonly #results: Results;
  readonly #skipped: Skipped;
  readonly #history: History;
  #state: SearchState = { kind: 'ready', sentence: '', version: 0 };
  #similarTo: string | undefined;
  #running: AbortController | undefined;
  #typing: number | undefined;
  #refreshing: number | undefined;
  #counting: number | undefined;
  #isFirst = true;
  #hits = 0;
  /** Whether there may be more to find than what is shown. */
  #isStale = false;

  constructor(
    private readonly host: HostClient<SearchProtocol>,
    private readonly memory: Memory,
  ) {
    const remembered = memory.read();
    const { text, history } =
      typeof remembered === 'object' && remembered !== null ? (remembered as Record<string, unknown>) : {};
    this.#history = new History(history);
    this.#input.value = typeof text === 'string' ? text : '';
    this.#results = new Results({
      open: (place, how) => {
        this.#remember();
        host.notify('open', { ...place, how });
      },
      peek: (place) => host.notify('peek', place),
      explain: (place) => host.notify('explain', place),
      copy: (place) => {
        host.notify('copy', place);
        this.#spoken.textContent = t('Copied');
      },
      leave: () => {
        this.#input.focus();
        if (this.#isStale) this.#refresh();
      },
    });
    this.#skipped = new Skipped((file) => host.notify('openSkipped', { file }));
    document.body.append(
      element('header', {}, this.#input, this.#chip, this.#progress),
      this.#remarks,
      this.#spoken,
      this.#body,
      this.#skipped.node,
    );
    this.#input.addEventListener('input', () => this.#typed());
    this.#input.addEventListener('keydown', (event) => this.#onKey(event));
    host.on('state', (state) => this.#setState(state));
    host.on('focus', ({ text: wanted }) => {
      if (wanted !== undefined) this.#ask(wanted);
      this.#input.focus();
      this.#input.select();
    });
    host.on('similar', ({ label }) => this.#setSimilar(label));
    host.notify('ready', {});
    void this.#search();
  }

  #ask(text: string): void {
    if (this.#similarTo !== undefined) this.host.notify('forgetSimilar', {});
    this.#similarTo = undefined;
    this.#chip.hidden = true;
    this.#input.value = text;
    void this.#search();
  }

  #typed(): void {
    this.#history.leave();
    clearTimeout(this.#typing);
    this.#setBusy(true);
    this.#typing = window.setTimeout(() => this.#ask(this.#input.value), typingMs);
  }

  #onKey(event: KeyboardEvent): void {
    const { key } = event;
    if (key.toLowerCase() === 'a' && (event.ctrlKey || event.metaKey)) {
      // The browser selects everything by itself. VS Code would do so once more, some time later, and what was typed
      // in between would be typed over.
      event.stopPropagation();
      return;
    }
    if (key === 'ArrowUp') {
      const older = this.#history.older(this.#input.value);
      if (older !== undefined) this.#ask(older);
    } else if (key === 'ArrowDown') {
      if (this.#history.isBrowsing) this.#ask(this.#history.newer());
      else this.#results.focusFirst();
    } else if (key === 'Enter') {
      this.#remember();
      clearTimeout(this.#typing);
      if (this.#similarTo === undefined || this.#input.value !== '') this.#ask(this.#input.value);
    } else if (key === 'Escape' && (this.#input.value !== '' || this.#similarTo !== undefined)) {
      this.#ask('');
    } else {
      return;
    }
    event.preventDefault();
  }

  #remember(): void {
    this.#history.add(this.#input.value);
    this.#save();
  }

  #save(): void {
    this.memory.write({ text: this.#input.value, history: this.#history.all });
  }

  #setSimilar(label: string): void {
    this.#similarTo = label;
    this.#input.value = '';
    const close = element(
      'button',
      { class: 'close', 'aria-label': t('Search by words again'), title: t('Search by words again') },
      '×',
    );
    close.addEventListener('click', () => {
      this.#ask('');
      this.#input.focus();
    });
    this.#chip.replaceChildren(element('span', {}, t('Like {0}', label)), close);
    this.#chip.hidden = false;
    void this.#search();
  }

  #setState(state: SearchState): void {
    const grown = state.version !== this.#state.version;
    const changed = state.kind !== this.#state.kind || state.sentence !== this.#state.sentence;
    this.#state = state;
    if (grown || this.#isFirst) this.#countSkipped();
    this.#isFirst = false;
    if (changed) this.#showProgress();
    if (state.kind === 'noWorkspace' || state.kind === 'failed') {
      this.#running?.abort();
      this.#setBusy(false);
      this.#showNotice();
    } else if (grown || (changed && this.#hits === 0)) {
      this.#refreshing ??= window.setTimeout(() => this.#refresh(), refreshMs);
    }
  }

  /** While the index grows, not more often than is searched again. */
  #countSkipped(): void {
    if (this.#state.kind === 'noWorkspace' || this.#state.kind === 'failed') return;
    this.#counting ??= window.setTimeout(() => {
      this.#counting = undefined;
      this.host.request('skipped', {}).then(
        (list) => this.#skipped.show(list),
        // The next state of the index asks again.
        () => undefined,
      );
    }, refreshMs / 4);
  }

  #refresh(): void {
    this.#refreshing = undefined;
    // While the focus is in the list of hits, it is kept as it is.
    this.#isStale = this.#results.hasFocus;
    if (!this.#isStale) void this.#search();
  }

  #showProgress(): void {
    const { kind, sentence, coverage } = this.#state;
    const failed = kind === 'failed' || kind === 'noWorkspace';
    this.#progress.hidden = failed || sentence === '';
    const bar = element(
      'div',
      {
        class: 'track',
        role: 'progressbar',
        'aria-label': t('Indexing'),
        'aria-valuemin': 0,
        'aria-valuemax': 100,
        'aria-valuenow': Math.floor((coverage ?? 0) * 100),
      },
      element('div', { class: 'done' }),
    );
    (bar.firstElementChild as HTMLElement).style.width = `${(coverage ?? 0) * 100}%`;
    const parts: Node[] = [element('span', { class: 'muted' }, sentence)];
    const focused = document.activeElement?.closest('.progress') === this.#progress;
    if (kind === 'indexing' || kind === 'refining')
      parts.push(
        button(t('Pause'), () => this.host.notify('action', 'pause')),
        bar,
      );
    if (kind === 'paused')
      parts.push(
        button(t('Resume'), () => this.host.notify('action', 'resume')),
        bar,
      );
    this.#progress.replaceChildren(...parts);
    if (focused) this.#progress.querySelector('button')?.focus();
  }

  /** @param busy whether what is shown does not yet answer what is asked */
  #setBusy(busy: boolean): void {
    this.#body.setAttribute('aria-busy', String(busy));
  }

  async #search(): Promise<void> {
    this.#running?.abort();
    this.#save();
    this.#setBusy(false);
    if (this.#state.kind === 'noWorkspace' || this.#state.kind === 'failed') return;
    const text = this.#input.value;
    if (text.trim() === '' && this.#similarTo === undefined) {
      this.#hits = 0;
      this.#showRemarks([]);
      this.#spoken.textContent = '';
      this.#body.replaceChildren(help((example) => this.#ask(example)));
      return;
    }
    const running = (this.#running = new AbortController());
    this.#setBusy(true);
    try {
      const { signal } = running;
      const answer = await (this.#similarTo === undefined
        ? this.host.request('search', { text }, { signal })
        : this.host.request('similar', {}, { signal }));
      if (this.#running === running) this.#show(answer);
    } catch (error) {
      if (error instanceof PageError && error.code === 'cancelled') return;
      this.#hits = 0;
      this.#showFailure(errorMessage(error));
    }
    if (this.#running === running) this.#setBusy(false);
  }

  #show(answer: SearchAnswer): void {
    this.#hits = answer.groups.reduce((sum, { hits }) => sum + hits.length, 0);
    this.#spoken.textContent = [...answer.remarks, t('{0} hits in {1} files', this.#hits, answer.groups.length)].join(
      ' ',
    );
    this.#showRemarks(answer.remarks);
    if (this.#hits === 0) {
      this.#showNotice(answer.note);
      return;
    }
    this.#results.show(answer);
    if (this.#body.firstElementChild !== this.#results.node) this.#body.replaceChildren(this.#results.node);
  }

  #showRemarks(remarks: readonly string[]): void {
    this.#remarks.replaceChildren(...remarks.map((remark) => element('p', {}, remark)));
    this.#remarks.hidden = remarks.length === 0;
  }

  /** @param note what the answer leaves out */
  #showNotice(note?: string): void {
    const { kind, sentence } = this.#state;
    if (kind === 'noWorkspace') {
      this.#body.replaceChildren(
        notice(
          sentence,
          button(t('Open Folder'), () => this.host.notify('action', 'openFolder')),
        ),
      );
    } else if (kind === 'failed') {
      this.#showFailure(sentence);
    } else if (kind === 'indexing') {
      this.#body.replaceChildren(
        notice(t('Nothing was found so far; more of the workspace can be searched every second.')),
      );
    } else if (note !== undefined) {
      this.#body.replaceChildren(notice(t('Nothing was found.'), element('p', {}, note)));
    } else {
      this.#body.replaceChildren(
        notice(t('Nothing was found.'), element('p', { class: 'muted' }, t('Fewer words or filters may find more.'))),
      );
    }
  }

  #showFailure(sentence: string): void {
    this.#showRemarks([]);
    this.#spoken.textContent = sentence;
    const actions = element(
      'div',
      { class: 'choices' },
      button(t('Try Again'), () => this.host.notify('action', 'retry')),
      button(t('Show the log'), () => this.host.notify('action', 'showLog')),
    );
    this.#body.replaceChildren(notice(sentence, actions));
  }
}
