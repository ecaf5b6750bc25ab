/** How each kind of model is asked about code. */
import type { GenerateParams, PromptKind, WritingPrompt } from '../../ipc/engine/messages/generate';

/** What is known of the model that writes. */
export interface WriterFacts {
  /** Absolute path of the model folder. */
  readonly model: string;
  readonly prompts: readonly PromptKind[];
  readonly role: 'decoder' | 'encoder' | 'encoder-decoder';
  /** Tokens, prompt and answer together. */
  readonly contextLength: number;
}

export type Length = 'sentence' | 'paragraph';

/** Tokens of an answer. */
const maxTokens: Readonly<Record<Length, number>> = { sentence: 64, paragraph: 220 };

/** Longer prompts take a CPU longer than a person waits, whatever the model could hold. Tokens. */
const longestPrompt = 1_536;
/** UTF-16 units of code for each token: what fits nearly always, so that little is ever cut. */
const unitsPerToken: Readonly<Record<PromptKind, number>> = { documentation: 2.8, chat: 2, text: 2 };
/** Tokens around the code: path, marks, instructions. */
const around: Readonly<Record<PromptKind, number>> = { documentation: 40, chat: 220, text: 60 };
const leastCode = 200;

/** The kind of prompt for a text of a length; undefined where the model writes none. */
export function kindFor({ prompts, role }: WriterFacts, length: Length): PromptKind | undefined {
  const wanted: readonly PromptKind[] = length === 'paragraph' ? ['chat'] : ['documentation', 'chat', 'text'];
  const found = wanted.find((kind) => prompts.includes(kind));
  return found ?? (length === 'paragraph' && role === 'encoder-decoder' ? 'text' : undefined);
}

/** How much code a prompt takes, UTF-16 units. */
export function codeLimit(facts: WriterFacts, kind: PromptKind, length: Length): number {
  const tokens = Math.min(facts.contextLength - maxTokens[length], longestPrompt) - around[kind];
  return Math.max(leastCode, Math.floor(tokens * unitsPerToken[kind]));
}

export interface Question {
  /** Relative to the workspace folder, with `/`. */
  readonly path: string;
  readonly code: string;
  readonly length: Length;
  /** What begins a comment in the file's language. */
  readonly comment: string;
  /** 0 for the first answer; each further one is another. */
  readonly attempt: number;
}

/** The request that answers a question. @param kind one that the model takes */
export function requestFor(facts: WriterFacts, kind: PromptKind, question: Question): GenerateParams {
  const { length, attempt } = question;
  return {
    model: facts.model,
    prompt: promptFor(facts, kind, question),
    maxTokens: Math.min(maxTokens[length], Math.floor(facts.contextLength / 2)),
    ...(length === 'sentence' ? { until: 'sentence' as const } : {}),
    // The first answer is the most probable one, and the same each time.
    ...(attempt === 0 ? {} : { sampling: { temperature: 0.7, topP: 0.95, seed: attempt } }),
  };
}

const asks: Readonly<Record<Length, string>> = {
  sentence: 'Answer with exactly one plain English sentence that begins with a verb in the third person.',
  paragraph: 'Answer with one short paragraph of two to five plain English sentences.',
};

function promptFor({ role }: WriterFacts, kind: PromptKind, { path, code, length, comment }: Question): WritingPrompt {
  switch (kind) {
    case 'documentation':
      return { kind, path, code };
    case 'chat':
      return {
        kind,
        messages: [
          {
            role: 'system',
            content: `You describe source code precisely. ${asks[length]} Name no identifier that the code does not have. No introduction, no markdown, no code.`,
          },
          { role: 'user', content: `What does this code from ${path} do?\n\n${code}` },
        ],
      };
    case 'text':
      // What encodes a text is told by its training what to do with it; what goes on with one needs a beginning.
      return {
        kind,
        text:
          role === 'encoder-decoder'
            ? code
            : `${comment} File: ${path}\n\n${code.trimEnd()}\n\n${comment} In one sentence, the code above`,
      };
  }
}
