/**
 * The page of a trial that goes on in the background: shows its state as it changes, and ends it when the page is closed. Used by
 * *Choose a Model* and *Use a Server…*, which say what their states look like and what their buttons do.
 */
import type * as vscode from 'vscode';
import { ReportPage } from '../../host/pages/reportPage.vscode';
import type { Services } from '../../host/services';
import type { Report } from '../../ipc/pages/report';

/** What one kind of trial says and does. */
export interface TrialPageSource<State> {
  /** Names the page to the editor. */
  readonly viewType: string;
  readonly title: string;
  report(state: State): Report;
  /** Begins the same trial anew. */
  again(state: State): void;
  /** Lets the user choose something else to be tried. */
  choose(): Promise<void>;
  /** Has what was tried used, or what was used before. @returns what there is to say about it */
  switchTo(which: 'candidate' | 'before', state: State): Promise<string | undefined>;
}

export class TrialPage<State extends object> implements vscode.Disposable {
  readonly #page: ReportPage;
  #state: State | undefined;
  #running: AbortController | undefined;

  constructor(
    private readonly source: TrialPageSource<State>,
    services: Pick<Services, 'log' | 'root'>,
  ) {
    const { viewType, title } = source;
    const nothing: Report = { title, summary: '', sections: [], actions: [] };
    this.#page = new ReportPage(
      viewType,
      {
        title,
        report: () => Promise.resolve(this.#state === undefined ? nothing : source.report(this.#state)),
        act: (id) => this.#act(id),
        closed: () => this.#running?.abort(),
      },
      services,
    );
  }

  get state(): State | undefined {
    return this.#state;
  }

  /** Ends the trial before, and shows the page. @returns aborted where the trial is to end */
  begin(state: State): AbortSignal {
    this.#running?.abort();
    this.#running = new AbortController();
    this.#set(state);
    this.#page.show();
    return this.#running.signal;
  }

  /** @param trial whose change it is: that of a trial that another one has followed is none any more */
  change(change: Partial<State>, trial = this.#running?.signal): void {
    if (trial === this.#running?.signal && this.#state !== undefined) this.#set({ ...this.#state, ...change });
  }

  dispose(): void {
    this.#running?.abort();
    this.#page.dispose();
  }

  async #act(id: string): Promise<string | undefined> {
    const state = this.#state;
    if (state === undefined) return undefined;
    switch (id) {
      case 'cancel':
        this.#running?.abort();
        return undefined;
      case 'again':
        this.source.again(state);
        return undefined;
      case 'choose':
        await this.source.choose();
        return undefined;
      case 'use':
        return this.source.switchTo('candidate', state);
      case 'back':
        return this.source.switchTo('before', state);
      default:
        return undefined;
    }
  }

  #set(state: State): void {
    this.#state = state;
    this.#page.changed();
  }
}
