/**
 * Finds what is to be proposed once an edit rests: what a language server knows of first, else the places where the edit fits
 * again. Used by `nextEdits.vscode.ts`, which shows it; remembers what was declined.
 */
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { encodingFor } from '../../host/encodings.vscode';
import type { Services } from '../../host/services';
import type { EditPattern } from '../../nearby/edits/editPattern';
import type { RecentWork } from '../../nearby/edits/history';
import { minimumConfidence, sureConfidence } from '../../nearby/edits/nextEdits';
import type { LeastConfidence } from '../../nearby/edits/nextEdits';
import type { FoundEdit } from '../../nearby/edits/search';
import { DeclinedChanges } from './declined';
import { mayBeChanged, pathOf, textOf } from './documents.vscode';
import type { EditedPart } from './recorder';
import { EditJudge } from './judged/editJudge.vscode';
import { EditSearcher } from './searcher';
import { ServerEdits } from './served/serverEdits.vscode';
import { ModelEdits } from './written/modelEdits.vscode';
import { changeOf } from './shownEdit';
import type { RepeatingEdit, ServedEdit, ShownEdit } from './shownEdit';

/** Files around that are looked into. */
const maxFiles = 50;

/** What is proposed, in the order in which it is to be shown, and the change that all of it is: what is declined with it. */
export interface Proposed {
  readonly edits: readonly [ShownEdit, ...ShownEdit[]];
  readonly change: EditPattern | string;
}

/** What the user has edited last. */
export interface EndedEdit {
  readonly document: vscode.TextDocument;
  readonly parts: readonly EditedPart[];
  /** The whole text before it. */
  readonly before: string;
  readonly work: RecentWork;
}

export class Proposals implements vscode.Disposable {
  readonly declined = new DeclinedChanges();
  readonly server = new ServerEdits();
  readonly #model: ModelEdits;
  readonly #judge: EditJudge;
  readonly #searcher: EditSearcher;
  /** What a model is to be asked about before anything of the latest edit is shown. */
  #unsure: UnsureEdits | undefined;

  constructor(private readonly services: Services) {
    const { log, root } = services;
    this.#model = new ModelEdits(services);
    this.#judge = new EditJudge(services);
    this.#searcher = new EditSearcher({
      modulePath: join(root, 'dist', 'nextEdit.js'),
      failed: (sentence) => log.warn(sentence),
    });
  }

  /** What models were asked for is of no use any more. */
  cancel(): void {
    this.#model.cancel();
    this.#judge.cancel();
  }

  dispose(): void {
    this.cancel();
    this.#searcher.dispose();
  }

  async after(edit: EndedEdit): Promise<Proposed | undefined> {
    const { document, parts } = edit;
    return this.#served(await this.server.uses(document, parts)) ?? (await this.#alike(edit));
  }

  /** Where it fits again, and the evidence alone was not sure of that: what a model says. */
  async judged(edit: EndedEdit): Promise<Proposed | undefined> {
    const unsure = this.#unsure;
    this.#unsure = undefined;
    if (unsure?.edit !== edit) return undefined;
    const chosen = await this.#judge.choose(unsure.model, unsure.places, this.#least(edit.document));
    return proposedOf(chosen ?? unsure.otherwise, unsure.changeAgain);
  }

  /** With what a model says of it, where it may be asked. */
  explained(edit: ShownEdit, document: vscode.TextDocument): ShownEdit | Promise<ShownEdit> {
    return 'why' in edit ? edit : this.#judge.explained(edit, document);
  }

  /** What is to be done about errors in the edit, which servers tell of some time after it. */
  async against({ document, parts }: EndedEdit): Promise<Proposed | undefined> {
    const fix = await this.server.fix(document, parts);
    return this.#served(fix ? [fix] : []);
  }

  /** What a model that was trained to write edits makes of it. */
  async written(edit: EndedEdit): Promise<Proposed | undefined> {
    const written = await this.#model.after(edit, this.#least(edit.document).again);
    return this.#served(written ? [written] : []);
  }

  #served([first, ...others]: readonly ServedEdit[]): Proposed | undefined {
    if (first === undefined || this.declined.isGone(changeOf(first))) return undefined;
    return { edits: [first, ...others], change: changeOf(first) };
  }

  #least(document: vscode.TextDocument): LeastConfidence {
    return this.services.configuration.read(document).nextEdit === 'quiet' ? sureConfidence : minimumConfidence;
  }

  async #alike(edit: EndedEdit): Promise<Proposed | undefined> {
    const { document, work } = edit;
    this.#unsure = undefined;
    const latest = work.edits.at(-1);
    if (latest?.path !== pathOf(document.uri)) return undefined;
    const neighbours = (await this.services.neighbours.of(document)).slice(0, maxFiles);
    const found = await this.#searcher.search({
      work,
      own: { path: latest.path, text: textOf(document) },
      neighbours,
      encoding: encodingFor(document),
      least: this.#least(document),
    });
    if (found === undefined) return undefined;
    const changeAgain = ({ repeats }: FoundEdit): EditPattern => (work.edits[repeats] ?? latest).pattern;
    // What was declined is proposed again only where the user has just made it again.
    const isWanted = (one: FoundEdit): boolean =>
      one.repeats === work.edits.length - 1
        ? !this.declined.isGone(latest.pattern)
        : !this.declined.isDeclined(changeAgain(one));
    const likely = await changeable(found.likely.filter(isWanted));
    const model = found.unsure.length > 0 ? this.#judge.modelFor(document) : undefined;
    const places = model === undefined ? [] : await changeable(found.unsure.filter(isWanted));
    if (model === undefined || places.length === 0) return proposedOf(likely, changeAgain);
    this.#unsure = { edit, model, places, otherwise: likely, changeAgain };
    return undefined;
  }
}

/** Those in files that may be changed. */
async function changeable(edits: readonly FoundEdit[]): Promise<FoundEdit[]> {
  const paths = [...new Set(edits.map(({ path }) => path))];
  const allowed = new Set(await Promise.all(paths.map(async (path) => ((await mayBeChanged(path)) ? path : ''))));
  return edits.filter(({ path }) => allowed.has(path));
}

interface UnsureEdits {
  readonly edit: EndedEdit;
  readonly model: string;
  readonly places: readonly FoundEdit[];
  /** What is shown where the model says nothing. */
  readonly otherwise: readonly FoundEdit[];
  /** The edit that would be made again. */
  readonly changeAgain: (edit: FoundEdit) => EditPattern;
}

/** All that repeat the same edit as the first. */
function proposedOf(edits: readonly RepeatingEdit[], changeAgain: UnsureEdits['changeAgain']): Proposed | undefined {
  const [first, ...others] = edits.filter(({ repeats }) => repeats === edits[0]?.repeats);
  return first && { edits: [first, ...others], change: changeAgain(first) };
}
