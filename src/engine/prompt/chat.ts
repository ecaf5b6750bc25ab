/**
 * Renders a conversation with the model folder's chat template and tokenizes it; used by `generate.ts`. Special-token
 * text inside a message never becomes a special token id.
 */
import * as v from 'valibot';
import { EngineError } from '../../ipc/engine/errors';
import type { ChatMessage } from '../../ipc/engine/messages/generate';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import { BoundedTemplate } from './boundedTemplate';
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import { errorMessage } from '../../common/errorMessage';

const textOfToken = v.union([
  v.string(),
  v.pipe(
    v.object({ content: v.string() }),
    v.transform(({ content }) => content),
  ),
]);
const namedTokens = v.object({
  bos_token: v.nullish(textOfToken),
  eos_token: v.nullish(textOfToken),
  unk_token: v.nullish(textOfToken),
  pad_token: v.nullish(textOfToken),
});
/** Added tokens that take the blanks around them. */
const addedTokens = v.object({
  added_tokens: v.array(
    v.object({ content: v.string(), lstrip: v.optional(v.boolean(), false), rstrip: v.optional(v.boolean(), false) }),
  ),
});

/** What of a model folder is needed to write its chat prompts. */
export interface ChatFolder {
  readonly name: string;
  /** Jinja, as the folder has it. */
  readonly chatTemplate: string;
  /** Ends of texts and turns, where `tokenizer_config.json` does not name them: templates ask for `bos_token`, `eos_token`. */
  readonly tokens?: DecoderFolder['tokens'];
  /** Content of `tokenizer.json` and `tokenizer_config.json`, parsed. */
  readonly tokenizer: unknown;
  readonly tokenizerConfig: unknown;
}

/**
 * Writes conversations the way that a model was tuned on, by its folder's own template.
 *
 * Ids are those of the reference implementation for texts that do not spell special tokens. A message that does spell
 * one gets its letters and never its id, so that no text can pretend to be another turn.
 */
export class ChatPrompts {
  readonly #template: BoundedTemplate;
  readonly #tokens: Readonly<Record<string, string>>;
  readonly #added: readonly { readonly content: string; readonly lstrip: boolean; readonly rstrip: boolean }[];
  readonly #name: string;

  /** @throws {EngineError} `modelInvalid` where the template is no Jinja */
  constructor(
    { name, chatTemplate, tokens = {}, tokenizer, tokenizerConfig }: ChatFolder,
    private readonly encoder: Pick<Tokenizer, 'encode' | 'special'>,
  ) {
    this.#name = name;
    try {
      this.#template = new BoundedTemplate(chatTemplate);
    } catch (cause) {
      throw new EngineError('modelInvalid', `The chat template of ${name} is not understood: ${messageOf(cause)}.`, {
        cause,
      });
    }
    const named = v.safeParse(namedTokens, tokenizerConfig);
    const texts = { bos_token: tokens.beginOfText, eos_token: tokens.endOfTurn ?? tokens.endOfText };
    this.#tokens = Object.fromEntries(
      [...Object.entries(texts), ...Object.entries(named.success ? named.output : {})].filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    );
    const added = v.safeParse(addedTokens, tokenizer);
    // The longest first: where one token's text begins with another's, it is the longer one that is meant.
    this.#added = added.success
      ? [...added.output.added_tokens]
          .filter(({ content }) => content !== '')
          .sort((a, b) => b.content.length - a.content.length)
      : [];
  }

  /**
   * The conversation up to where the model's answer begins.
   *
   * @throws {EngineError} `invalid` where the template refuses the conversation
   */
  encode(messages: readonly ChatMessage[]): number[] {
    const mark = freeCharacter(messages);
    const hidden: string[] = [];
    const plain = messages.map(({ role, content }) => ({ role, content: this.#hide(content, mark, hidden) }));
    const show = (text: string): string =>
      text.replaceAll(new RegExp(`${mark}(\\d+)${mark}`, 'g'), (_, index: string) => hidden[Number(index)] ?? '');
    const ids: number[] = [];
    for (const part of this.#parts(this.#render(plain))) {
      const id = part.special ? this.encoder.special(part.text) : undefined;
      if (id === undefined) ids.push(...this.encoder.encode(show(part.text)));
      else ids.push(id);
    }
    return ids;
  }

  /** The text with a placeholder for whatever the tokenizer would take for more than letters. */
  #hide(text: string, mark: string, hidden: string[]): string {
    let result = text;
    for (const { content } of this.#added) {
      if (!result.includes(content)) continue;
      hidden.push(content);
      result = result.replaceAll(content, `${mark}${hidden.length - 1}${mark}`);
    }
    return result;
  }

  #render(messages: readonly ChatMessage[]): string {
    try {
      return this.#renderOnce(messages);
    } catch (error) {
      // Some families know no system message; what it says stands in front of the first question then.
      const merged = withoutSystem(messages);
      if (merged === undefined) throw this.#refusal(error);
      try {
        return this.#renderOnce(merged);
      } catch {
        throw this.#refusal(error);
      }
    }
  }

  #renderOnce(messages: readonly ChatMessage[]): string {
    return this.#template.render({
      ...this.#tokens,
      messages: messages.map((message) => ({ ...message })),
      add_generation_prompt: true,
      // An answer is wanted, not the way to it.
      enable_thinking: false,
    });
  }

  /** A rendered text cut at the added tokens in it. */
  *#parts(text: string): Generator<{ text: string; special: boolean }> {
    if (this.#added.length === 0) {
      yield { text, special: false };
      return;
    }
    const pattern = new RegExp(
      this.#added
        .map(({ content, lstrip, rstrip }) => `${lstrip ? '\\s*' : ''}(?:${escape(content)})${rstrip ? '\\s*' : ''}`)
        .join('|'),
      'g',
    );
    let end = 0;
    for (const match of text.matchAll(pattern)) {
      if (match.index > end) yield { text: text.slice(end, match.index), special: false };
      end = match.index + match[0].length;
      const found = this.#added.find(({ content }) => match[0].trim() === content.trim());
      yield { text: found?.content ?? match[0], special: true };
    }
    if (end < text.length) yield { text: text.slice(end), special: false };
  }

  #refusal(cause: unknown): EngineError {
    return new EngineError(
      'invalid',
      `The chat template of ${this.#name} refuses the conversation: ${messageOf(cause)}.`,
      { cause },
    );
  }
}

/** The conversation with its system messages in front of the first question; undefined where there are none. */
function withoutSystem(messages: readonly ChatMessage[]): ChatMessage[] | undefined {
  const instructions = messages.filter(({ role }) => role === 'system').map(({ content }) => content);
  const others = messages.filter(({ role }) => role !== 'system');
  const [first, ...rest] = others;
  if (instructions.length === 0 || first?.role !== 'user') return undefined;
  return [{ role: 'user', content: [...instructions, first.content].join('\n\n') }, ...rest];
}

/** A character of the private use area that no message holds. */
function freeCharacter(messages: readonly ChatMessage[]): string {
  for (let code = 0xe000; code < 0xf900; code++) {
    const character = String.fromCharCode(code);
    if (!messages.some(({ content }) => content.includes(character))) return character;
  }
  throw new EngineError('invalid', 'The conversation holds every character of the private use area.');
}

const escape = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

const messageOf = (error: unknown): string => errorMessage(error).replace(/\.$/, '');
