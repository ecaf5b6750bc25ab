/**
 * Root of the search webview: input, index state and hits. Created by `main.ts`; sends questions to the host while the
 * user types, and keeps text and history.
 */
import { hitsInWords, maxInputLength } from '../../src/features/search/messages';
import type { ShownExample, SearchAnswer, SearchProtocol, SearchState } from '../../src/features/search/messages';
import { PageError } from '../../src/ipc/pages/protocol';
import type { HostClient } from '../shared/client';
import { element } from '../shared/dom';
import type { Memory } from '../shared/host';
import { t } from '../shared/translate';
import { History } from './history';
import { keyLine } from './keys';
import { button, notice } from './notices';
import { Pins } from './pins';
import { ProgressLine } from './progress';
import { Results } from './results';
import { Skipped } from './skipped';
import { start } from './start';
import { Toolbar } from './toolbar';
import { errorMessage } from '../../src/common/errorMessage';

/** Milliseconds without a key after which is searched. */
const typingMs = 120;
/** Milliseconds after which is searched again while the index grows. */
const refreshMs = 1_000;
/** One of each kind; while the index is small, there are fewer. */
const maxExamples = 3;

/** The search view: an input, how far the index is, and the hits. */
export class App {
  readonly #input = element('input', {
    type: 'text', class: 'input', role: 'searchbox', maxlength: maxInputLength, spellcheck: 'false', autocomplete: 'off',
    placeholder: t('Search by meaning'), 'aria-label': t('Search by meaning: words, or a question'), 'aria-controls': 'hits',
  }); // prettier-ignore
  readonly #chip = element('div', { class: 'chip', hidden: true });
  readonly #progress = new ProgressLine((action) => this.host.notify('action', action));
  readonly #spoken = element('div', { class: 'spoken', role: 'status' });
  readonly #remarks = element('div', { class: 'remarks', role: 'note', hidden: true });
  readonly #body = element('div', { class: 'body', id: 'hits' });
  readonly #results: Results;
  readonly #skipped: Skipped;
  readonly #history: History;
  readonly #pins: Pins;
  readonly #keys = keyLine();
  readonly #toolbar = new Toolbar({
    togglePin: () => this.#togglePin(this.#input.value),
    toggleFolders: () => {
      this.#byFolder = !this.#byFolder;
      this.#save();
      if (this.#answer !== undefined) this.#show(this.#answer);
    },
    openAll: () => {
      this.#remember();
      if (this.#answer !== undefined) this.host.notify('openAll', { answer: this.#answer.id });
    },
  });
  #state: SearchState = { kind: 'ready', sentence: '', version: 0 };
  #similarTo: string | undefined;
  #running: AbortController | undefined;
  #typing: number | undefined;
  #refreshing: number | undefined;
  #counting: number | undefined;
  #isFirst = true;
  #hits = 0;
  /** What is shown, where there are hits. */
  #answer: SearchAnswer | undefined;
  #byFolder: boolean;
  /** Questions about this workspace, once there is something to ask for. */
  #examples: readonly ShownExample[] = [];
  /** Whether there may be more to find than what is shown. */
  #isStale = false;

  constructor(
    private readonly host: HostClient<SearchProtocol>,
    private readonly memory: Memory,
  ) {
    const remembered = memory.read();
    const { text, history, pinned, byFolder } =
      typeof remembered === 'object' && remembered !== null ? (remembered as Record<string, unknown>) : {};
    this.#history = new History(history);
    this.#pins = new Pins(pinned);
    this.#byFolder = byFolder === true;
    this.#input.value = typeof text === 'string' ? text : '';
    this.#results = new Results({
      open: (place, how) => {
        this.#remember();
        host.notify('open', { ...place, how });
      },
      peek: (place) => host.notify('peek', place),
      explain: (place) => host.notify('explain', place),
      related: (place, relation) => host.notify('related', { ...place, relation }),
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
      element('header', {}, this.#input, this.#chip, this.#progress.node),
      this.#remarks,
      this.#spoken,
      this.#toolbar.node,
      this.#body,
      this.#keys,
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
    host.on('said', ({ sentence }) => {
      this.#spoken.textContent = sentence;
      this.#showRemarks([sentence]);
    });
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
    const [history, pinned] = [this.#history.all, this.#pins.all];
    this.memory.write({ text: this.#input.value, history, pinned, byFolder: this.#byFolder });
  }

  #togglePin(text: string): void {
    this.#pins.toggle(text);
    this.#save();
    if (this.#answer === undefined) this.#showStart();
    else this.#showToolbar(this.#answer);
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
    if (grown || this.#isFirst) {
      this.#countSkipped();
      if (this.#examples.length < maxExamples) this.#learnExamples();
    }
    this.#isFirst = false;
    if (changed) this.#progress.show(state);
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

  /** Until the index knows some. What is being read, or has the focus, is left as it is then. */
  #learnExamples(): void {
    if (this.#state.kind === 'noWorkspace' || this.#state.kind === 'failed') return;
    this.host.request('examples', {}).then(
      ({ examples }) => {
        if (examples.length <= this.#examples.length) return;
        this.#examples = examples;
        const isShown = this.#body.querySelector('.help') !== null && !this.#body.contains(document.activeElement);
        if (isShown) this.#showStart();
      },
      // The next state of the index asks again.
      () => undefined,
    );
  }

  #showStart(): void {
    const asked = { pinned: this.#pins.all, recent: this.#history.all };
    const shown = start(asked, this.#examples, {
      ask: (text) => {
        this.#ask(text);
        this.#remember();
        this.#input.focus();
      },
      togglePin: (text) => {
        this.#togglePin(text);
        this.#input.focus();
      },
    });
    this.#showOther(shown);
  }

  /** In place of hits. */
  #showOther(node: HTMLElement): void {
    this.#hits = 0;
    this.#answer = undefined;
    this.#toolbar.hide();
    this.#keys.hidden = true;
    this.#body.replaceChildren(node);
  }

  #showToolbar({ groups }: SearchAnswer): void {
    this.#toolbar.show({
      hits: this.#hits,
      files: groups.length,
      byFolder: this.#byFolder,
      isPinned: this.#pins.has(this.#input.value),
      mayPin: this.#similarTo === undefined,
    });
  }

  #refresh(): void {
    this.#refreshing = undefined;
    // While the focus is in the list of hits, it is kept as it is.
    this.#isStale = this.#results.hasFocus;
    if (!this.#isStale) void this.#search();
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
      this.#showRemarks([]);
      this.#spoken.textContent = '';
      this.#showStart();
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
      this.#showFailure(errorMessage(error));
    }
    if (this.#running === running) this.#setBusy(false);
  }

  #show(answer: SearchAnswer): void {
    this.#hits = answer.groups.reduce((sum, { hits }) => sum + hits.length, 0);
    this.#spoken.textContent = [...answer.remarks, hitsInWords(this.#hits, answer.groups.length, t)].join(' ');
    this.#showRemarks(answer.remarks);
    if (this.#hits === 0) {
      this.#showNotice(answer.note);
      return;
    }
    this.#answer = answer;
    this.#showToolbar(answer);
    this.#keys.hidden = false;
    this.#results.show(answer, this.#byFolder);
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
      this.#showOther(
        notice(
          sentence,
          button(t('Open Folder'), () => this.host.notify('action', 'openFolder')),
        ),
      );
    } else if (kind === 'failed') {
      this.#showFailure(sentence);
    } else if (kind === 'indexing') {
      this.#showOther(notice(t('Nothing was found so far; more of the workspace can be searched every second.')));
    } else if (note !== undefined) {
      this.#showOther(notice(t('Nothing was found.'), element('p', {}, note)));
    } else {
      this.#showOther(
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
    this.#showOther(notice(sentence, actions));
  }
}
