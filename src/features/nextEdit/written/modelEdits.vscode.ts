/**
 * Has a model that was trained to write edits write the next one, where the folder of the chosen decoder says that it was. Used by
 * `proposals.vscode.ts`, where nothing surer is proposed. Only models of this machine are asked, behind everything else, and what
 * comes late is dropped.
 */
import * as vscode from 'vscode';
import { EngineError } from '../../../ipc/engine/errors';
import { decoderFolder } from '../../../host/modelPaths';
import type { Services } from '../../../host/services';
import { placedEdit } from '../../../nearby/edits/placedEdit';
import { mayBeChanged, pathOf, textOf } from '../documents.vscode';
import type { EndedEdit } from '../proposals.vscode';
import type { ServedEdit } from '../shownEdit';
import { askModel } from './askModel';
import { editQuestion } from './question';
import { writesEdits } from './writesEdits';

export class ModelEdits {
  #asked: AbortController | undefined;

  constructor(private readonly services: Pick<Services, 'configuration' | 'engine' | 'log' | 'root'>) {}

  /** What was asked for is of no use any more. */
  cancel(): void {
    this.#asked?.abort();
    this.#asked = undefined;
  }

  /** @param least how probable the whole text must be to the model, 0…1 */
  async after({ document, parts, before, work }: EndedEdit, least: number): Promise<ServedEdit | undefined> {
    this.cancel();
    const { configuration, engine, log, root } = this.services;
    const model = decoderFolder(configuration.read(document).modelDecoder, root);
    const [part, ...others] = parts;
    const { version } = document;
    if (part === undefined || others.length > 0 || !(await writesEdits(model))) return undefined;
    const path = pathOf(document.uri);
    const now = textOf(document);
    const question = editQuestion({ path, before, now, part, edits: work.edits });
    if (question === undefined || !(await mayBeChanged(path)) || document.version !== version) return undefined;
    const { signal } = (this.#asked = new AbortController());
    const name = vscode.workspace.asRelativePath(document.uri, false).replaceAll('\\', '/');
    try {
      const written = await askModel(engine, { model, path: name, signal }, question);
      if (written === undefined || written.probability < least) return undefined;
      const placed = placedEdit(path, now, { start: question.start, end: question.end, text: written.text });
      return placed && { ...placed, why: { kind: 'written', probability: written.probability } };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.code !== 'cancelled' && error.code !== 'deadline') log.warn('The model wrote no next edit:', error);
      return undefined;
    }
  }
}
