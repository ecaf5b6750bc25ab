/** How each kind of model is asked about code. */
import type { ChatMessage, GenerateParams, PromptKind, WritingPrompt } from '../../ipc/engine/messages/generate';
import type { Example } from './examples';

/** What is known of the model that writes. */
export interface WriterFacts {
  /** Absolute path of the model folder. */
  readonly model: string;
  readonly prompts: readonly PromptKind[];
  readonly role: 'decoder' | 'encoder' | 'encoder-decoder';
  /** Tokens, prompt and answer together. */
  readonly contextLength: number;
  /** A server writes, which tells nothing of what its model attends to. */
  readonly byServer?: true;
}

export type Length = 'sentence' | 'paragraph';

/** The kinds of prompt that code is described with. */
type CodePrompt = Exclude<PromptKind, 'nextEdit'>;

/** Tokens of an answer. */
const maxTokens: Readonly<Record<Length, number>> = { sentence: 64, paragraph: 220 };

/** Longer prompts take a CPU longer than a person waits, whatever the model could hold. Tokens. */
const maxPromptTokens = 1_536;
/** UTF-16 units of code for each token: what fits nearly always, so that little is ever cut. */
const unitsPerToken: Readonly<Record<CodePrompt, number>> = { documentation: 2.8, chat: 2, text: 2 };
/** Tokens around the code: path, marks, instructions, examples. */
const around: Readonly<Record<CodePrompt, number>> = { documentation: 40, chat: 560, text: 60 };
const minCodeLength = 200;

/** The kind of prompt for a text of a length; undefined where the model writes none. */
export function kindFor({ prompts, role }: WriterFacts, length: Length): CodePrompt | undefined {
  const wanted: readonly CodePrompt[] = length === 'paragraph' ? ['chat'] : ['documentation', 'chat', 'text'];
  const found = wanted.find((kind) => prompts.includes(kind));
  return found ?? (length === 'paragraph' && role === 'encoder-decoder' ? 'text' : undefined);
}

/** How much code a prompt takes, UTF-16 units. */
export function codeLimit(facts: WriterFacts, kind: CodePrompt, length: Length): number {
  const tokens = Math.min(facts.contextLength - maxTokens[length], maxPromptTokens) - around[kind];
  return Math.max(minCodeLength, Math.floor(tokens * unitsPerToken[kind]));
}

export interface CodeQuestion {
  /** Relative to the workspace folder, with `/`. */
  readonly path: string;
  /** What the code defines. */
  readonly name: string | undefined;
  readonly code: string;
  /** Other functions with their sentences: a chat model follows examples better than instructions. */
  readonly examples: readonly Example[];
  readonly length: Length;
  /** What begins a comment in the file's language. */
  readonly comment: string;
  /** 0 for the first answer; each further one is another. */
  readonly attempt: number;
}

/** The request that answers a question. @param kind one that the model takes */
export function requestFor(facts: WriterFacts, kind: CodePrompt, question: CodeQuestion): GenerateParams {
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

/** Short words: small models take long ones for what they are to write about. */
const instructions: Readonly<Record<Length, string>> = {
  sentence: 'You say in one short sentence what code does. The sentence begins with a verb.',
  paragraph: 'You say in two to five short sentences what code does. No introduction, no markdown, no code.',
};

function promptFor({ role }: WriterFacts, kind: CodePrompt, question: CodeQuestion): WritingPrompt {
  const { path, code, comment } = question;
  switch (kind) {
    case 'documentation':
      return { kind, path, code };
    case 'chat':
      return { kind, messages: conversation(question) };
    case 'text':
      // An encoder-decoder was trained to summarize what it reads; a decoder continues a text, so it needs a beginning.
      return {
        kind,
        text:
          role === 'encoder-decoder'
            ? code
            : `${comment} File: ${path}\n\n${code.trimEnd()}\n\n${comment} In one sentence, the code above`,
      };
  }
}

/** Without the path, which small models talk about instead of the code. */
function conversation({ name, code, examples, length }: CodeQuestion): ChatMessage[] {
  return [
    { role: 'system', content: instructions[length] },
    ...examples.flatMap((example): ChatMessage[] => [
      { role: 'user', content: asked(example) },
      { role: 'assistant', content: example.sentence },
    ]),
    { role: 'user', content: asked({ name, code }) },
  ];
}

const asked = ({ name, code }: Pick<CodeQuestion, 'name' | 'code'>): string =>
  `${code.trimEnd()}\n\nWhat does ${name === undefined ? 'this code' : `\`${name}\``} do?`;
