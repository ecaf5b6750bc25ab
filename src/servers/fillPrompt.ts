/**
 * Writes a fill-in-the-middle prompt as one text, for servers that take no suffix of its own; used by the protocols of OpenAI and
 * Ollama. As `src/engine/prompt/layout.ts` does it with tokens, parts that stay the same while a user types stand in front.
 */
import { spellings } from '../modelFolder/layouts/fillInTheMiddle';
import type { Spelling, SpellingName } from '../modelFolder/layouts/fillInTheMiddle';
import type { FillRequest } from './protocols/types';

export interface FillPrompt {
  readonly prompt: string;
  /** Texts that end what the model writes, beside those of the request. */
  readonly stop: readonly string[];
}

/**
 * Marks as text where they differ from the tokens: the blanks of CodeLlama belong to them (its paper's repository,
 * `llama/generation.py`).
 */
const asText: Partial<Record<SpellingName, Partial<Spelling['tokens']>>> = {
  codeLlama: { prefix: '<PRE> ', suffix: ' <SUF>', middle: ' <MID>' },
  codeLlamaPieces: { prefix: '<PRE> ', suffix: ' <SUF>', middle: ' <MID>', endOfMiddle: '<EOT>' },
};

/** What models write where they are done; a server that knows its model's own ends there by itself. */
const endOfText = '<|endoftext|>';

/** @returns the prompt: `context` where the model knows several files, then prefix and suffix in the order of its family */
export function fillPrompt({ prefix, suffix, path, context }: FillRequest, name: SpellingName): FillPrompt {
  const { layout }: Spelling = spellings[name];
  const tokens: Spelling['tokens'] = { ...spellings[name].tokens, ...asText[name] };
  const marks = [...Object.values<string>(tokens), endOfText].map((mark) => mark.trim());
  const plain = (text: string): string => withoutMarks(text, marks);
  const { prefix: before = '', suffix: after = '', middle = '', file } = tokens;
  const files =
    file === undefined || context.length === 0
      ? ''
      : context.map((other) => `${file}${plain(other.path)}\n${plain(other.text)}\n`).join('') +
        `${file}${plain(path)}\n`;
  const parts =
    layout === 'suffix-prefix-middle'
      ? [after, plain(suffix), before, plain(prefix), middle]
      : [before, plain(prefix), after, plain(suffix), middle];
  return { prompt: files + parts.join(''), stop: [...new Set(marks)] };
}

/** A file may speak of such marks itself; a server would take them for the real ones. A blank makes text of them. */
function withoutMarks(text: string, marks: readonly string[]): string {
  return marks.reduce(
    (rest, mark) => (rest.includes(mark) ? rest.replaceAll(mark, `${mark.slice(0, 1)} ${mark.slice(1)}`) : rest),
    text,
  );
}
