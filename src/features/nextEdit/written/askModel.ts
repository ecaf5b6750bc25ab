/** Asks the engine's model for the lines as the next edit leaves them. Used by `modelEdits.vscode.ts`; knows nothing of the editor. */
import type { EngineClient } from '../../../ipc/engine/client';
import { answeredText } from './question';
import type { EditQuestion } from './question';

/** Milliseconds; the next key ends it, too. */
const deadlineMs = 4_000;
const maxTokens = 1_024;

export interface WrittenLines {
  readonly text: string;
  /** Of the whole text, 0…1. */
  readonly probability: number;
}

/**
 * @param model absolute path of its folder
 * @param path relative to the workspace folder, with `/`
 * @returns `undefined` where the model does not come to an end in time, or changes nothing
 * @throws {EngineError}
 */
export async function askModel(
  engine: Pick<EngineClient, 'request'>,
  { model, path, signal }: { readonly model: string; readonly path: string; readonly signal?: AbortSignal },
  question: EditQuestion,
): Promise<WrittenLines | undefined> {
  const { before, now } = question;
  const edits = question.edits.map((edit) => ({ path, ...edit }));
  const { text, tokens, finish } = await engine.request(
    'generate',
    {
      model,
      prompt: { kind: 'nextEdit', path, edits, before, now },
      // The lines again, and room for what comes.
      maxTokens: Math.min(maxTokens, 64 + Math.ceil(now.length / 2)),
    },
    { priority: 'ahead', deadlineMs, signal },
  );
  const written = finish === 'endOfMiddle' ? answeredText(question, text) : undefined;
  const probability = Math.exp(tokens.reduce((sum, { logprob }) => sum + logprob, 0));
  return written === undefined ? undefined : { text: written, probability };
}
