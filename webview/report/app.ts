/**
 * Root of a page of facts: asks the host for the report, draws its tables and passes on which button was pressed. Created by
 * `main.ts`; it knows nothing of what the facts are.
 */
import type { Report, ReportAction, ReportProtocol, ReportSection } from '../../src/ipc/pages/report';
import type { HostClient } from '../shared/client';
import { element } from '../shared/dom';
import { Problem } from '../shared/problem';
import { t } from '../shared/translate';

/** What the host does may wait for a person or a model. */
const patientMs = 3_600_000;

export class App {
  readonly #body = element('main', {});
  readonly #problem = new Problem();
  readonly #spoken = element('p', { class: 'said muted', role: 'status' });
  /** Answers to older questions are not drawn. */
  #asked = 0;

  constructor(private readonly host: HostClient<ReportProtocol>) {
    this.#body.append(element('p', { class: 'muted' }, t('Looking…')));
    document.body.append(this.#body, this.#problem.element);
    host.on('changed', () => void this.#load());
    void this.#load();
  }

  async #load(): Promise<void> {
    const asked = ++this.#asked;
    await this.#problem.attempt(async () => {
      const report = await this.host.request('report', {}, { timeoutMs: patientMs });
      if (asked === this.#asked) this.#draw(report);
    });
  }

  async #act(id: string): Promise<void> {
    this.#spoken.textContent = '';
    await this.#problem.attempt(async () => {
      const { said } = await this.host.request('act', { id }, { timeoutMs: patientMs });
      if (said !== undefined) this.#spoken.textContent = said;
    });
  }

  #draw({ title, summary, sections, actions, working }: Report): void {
    const focused = document.activeElement?.id;
    this.#body.replaceChildren(
      element(
        'header',
        {},
        element('h1', {}, title),
        element('p', { class: 'muted' }, summary),
        element('div', { class: 'actions' }, ...actions.map((action) => this.#button(action)), this.#spoken),
        ...(working === undefined ? [] : [element('p', { class: 'working', role: 'status' }, working)]),
      ),
      ...sections.map(sectionOf),
    );
    if (focused) document.getElementById(focused)?.focus();
  }

  #button({ id, label, isMain }: ReportAction): HTMLElement {
    const made = element('button', { id, type: 'button', class: isMain === true ? 'button main' : 'button' }, label);
    made.addEventListener('click', () => void this.#act(id));
    return made;
  }
}

function sectionOf({ title, columns, rows }: ReportSection): HTMLElement {
  const width = columns?.length ?? 1;
  const head = columns && element('thead', {}, element('tr', {}, element('td', {}), ...columns.map(columnHead)));
  const lines = rows.map(({ name, values }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      ...Array.from({ length: width }, (_, column) => element('td', {}, values[column] ?? '')),
    ),
  );
  const table = element('table', { class: width > 1 ? 'figures' : undefined }, ...(head ? [head] : []));
  table.append(element('tbody', {}, ...lines));
  return element('section', { 'aria-label': title }, element('h2', {}, title), table);
}

const columnHead = (name: string): HTMLElement => element('th', { scope: 'col' }, name);
