import type { EngineClient } from '../../../../src/ipc/engine/client';
import { EngineError } from '../../../../src/ipc/engine/errors';
import type { GenerateParams, PromptKind } from '../../../../src/ipc/engine/messages/generate';
import type { RequestOptions } from '../../../../src/ipc/engine/pendingRequest';

type Method = 'load' | 'generate';

/** An engine that answers by rule, streams word by word, and remembers what it was asked. */
export class FakeWriter {
  readonly asked: GenerateParams[] = [];
  prompts: PromptKind[] = ['documentation', 'text'];
  contextLength = 512;
  role: 'decoder' | 'encoder-decoder' = 'decoder';
  /** Called before each answer; what it throws ends the request. */
  before: () => void = () => undefined;

  constructor(private readonly answer: (code: string) => string) {}

  readonly request = (async (
    method: Method,
    params: GenerateParams,
    options: RequestOptions<'generate'>,
  ): Promise<unknown> => {
    if (method === 'load') {
      return {
        name: 'fake',
        role: this.role,
        contextLength: this.contextLength,
        vocabularySize: 9,
        fillsInTheMiddle: true,
        prompts: this.prompts,
        loadMs: 1,
      };
    }
    this.asked.push(params);
    this.before();
    const text = this.answer(codeIn(params));
    for (const piece of text.match(/\S+\s*/g) ?? []) {
      await new Promise((resolve) => setImmediate(resolve));
      if (options.signal?.aborted) throw new EngineError('cancelled', 'The request is no longer wanted.');
      options.onEvent?.({ text: piece });
    }
    const timings = { tokenizeMs: 0, reusedTokens: 0, prefillTokens: 1, prefillMs: 1, decodeTokens: 1, decodeMs: 1 };
    return { text, tokens: [], promptIds: new Int32Array(), cut: false, finish: 'endOfMiddle', timings };
  }) as unknown as EngineClient['request'];
}

/** What the model is shown, whatever the prompt's kind. */
export function codeIn({ prompt }: GenerateParams): string {
  if (prompt.kind === 'documentation') return prompt.code;
  if (prompt.kind === 'nextEdit') throw new Error('no code is described with a prompt for edits');
  return prompt.kind === 'text' ? prompt.text : (prompt.messages.at(-1)?.content ?? '');
}
