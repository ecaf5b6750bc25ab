/**
 * Has the decoder that comes with Glassbox judge places that the evidence alone is not sure of. Used by `proposals.vscode.ts`, and to
 * explain what is proposed. Only that model is asked: the weights of its judgement were fitted to it. It is not opened for this
 * where nothing is completed, and not asked where a server completes, nor where nothing may be asked ahead.
 */
import type * as vscode from 'vscode';
import { mayAskAhead } from '../../../host/askAhead';
import { embeddedDecoder } from '../../../host/embeddedDecoder';
import type { Services } from '../../../host/services';
import { EngineError } from '../../../ipc/engine/errors';
import { preferenceOf } from '../../../nearby/edits/judgement';
import type { Judgement } from '../../../nearby/edits/judgement';
import { judgedEdits } from '../../../nearby/edits/nextEdits';
import type { LeastConfidence } from '../../../nearby/edits/nextEdits';
import type { FoundEdit } from '../../../nearby/edits/search';
import type { RepeatingEdit } from '../shownEdit';
import { askJudge } from './askJudge';

export class EditJudge {
  #asked: AbortController | undefined;

  constructor(
    private readonly services: Pick<Services, 'configuration' | 'engine' | 'log' | 'power' | 'root' | 'servers'>,
  ) {}

  /** What was asked for is of no use any more. */
  cancel(): void {
    this.#asked?.abort();
    this.#asked = undefined;
  }

  /** The folder of the model, where it may be asked about edits in a document. */
  modelFor(document: vscode.TextDocument): string | undefined {
    const { configuration, power, root, servers } = this.services;
    const settings = configuration.read(document);
    if (!settings.completionEnabled || settings.modelDecoder !== '' || !mayAskAhead(settings, power)) return undefined;
    if (servers.get('completion') !== undefined) return undefined;
    const { folder, small } = embeddedDecoder(root);
    return small ? undefined : folder;
  }

  /**
   * What of the places is to be shown, the likeliest first.
   *
   * @returns `undefined` where the model could not be asked, or answered nothing in time
   */
  async choose(
    model: string,
    places: readonly FoundEdit[],
    least: LeastConfidence,
  ): Promise<RepeatingEdit[] | undefined> {
    const judgements = await this.#ask(model, places);
    if (judgements === undefined || judgements.every((one) => one === undefined)) return undefined;
    const judged = places.map((place, at) => ({ place, judgement: judgements[at] }));
    return judgedEdits(judged, least).map(({ place, judgement, confidence }) => ({
      ...place,
      confidence,
      ...(judgement && { preference: preferenceOf(judgement) }),
    }));
  }

  /** The edit with what the model says of it, as far as it says that in time. */
  async explained(edit: RepeatingEdit, document: vscode.TextDocument): Promise<RepeatingEdit> {
    const model = edit.preference === undefined ? this.modelFor(document) : undefined;
    const [judgement] = model === undefined ? [] : ((await this.#ask(model, [edit])) ?? []);
    return judgement ? { ...edit, preference: preferenceOf(judgement) } : edit;
  }

  async #ask(model: string, places: readonly FoundEdit[]): Promise<readonly (Judgement | undefined)[] | undefined> {
    this.cancel();
    const { engine, log } = this.services;
    const { signal } = (this.#asked = new AbortController());
    try {
      return await askJudge(
        engine,
        { model, signal },
        places.map(({ texts }) => texts),
      );
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.code !== 'cancelled') log.warn('The model judged no next edit:', error);
      return undefined;
    }
  }
}
