/**
 * Asks the engine's model how probable it finds places with an edit and without, behind everything else. Used by
 * `editJudge.vscode.ts`; knows nothing of the editor.
 */
import type { EngineClient } from '../../../ipc/engine/client';
import { EngineError } from '../../../ipc/engine/errors';
import type { JudgedTexts, Judgement } from '../../../nearby/edits/judgement';

/** Milliseconds for all places together; the next key ends it, too. */
const deadlineMs = 3_000;

/**
 * In the order of the places.
 *
 * @param model absolute path of its folder
 * @returns `undefined` of a place that there are no texts of, and where the model does not answer in time
 * @throws {EngineError} where the model cannot answer at all, or is no longer asked
 */
export async function askJudge(
  engine: Pick<EngineClient, 'request'>,
  { model, signal }: { readonly model: string; readonly signal?: AbortSignal },
  places: readonly (JudgedTexts | undefined)[],
): Promise<(Judgement | undefined)[]> {
  const one = async (texts: JudgedTexts | undefined): Promise<Judgement | undefined> => {
    if (texts === undefined) return undefined;
    const { before, old, now, behind } = texts;
    try {
      const params = { model, before, texts: [old, now], behind };
      const { texts: judged } = await engine.request('likelihood', params, { priority: 'ahead', deadlineMs, signal });
      const [first, second] = judged;
      return first && second && { old: first, now: second };
    } catch (error) {
      if (error instanceof EngineError && error.code === 'deadline') return undefined;
      throw error;
    }
  };
  return Promise.all(places.map(one));
}
