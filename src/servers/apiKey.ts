/**
 * A key that a server asks for. It is held so that it cannot get into a message, a log or a diagnosis by accident: only the HTTP
 * client reads it.
 */
import { inspect } from 'node:util';

const placeholder = '[API key]';
const maxKeyLength = 4_096;

/** Keeps a key from being printed: as text, as JSON and for `console.log`, it is a placeholder. */
export class ApiKey {
  readonly #value: string;

  private constructor(value: string) {
    this.#value = value;
  }

  /** @returns one sentence, without the key, where it cannot be one */
  static parse(text: string): ApiKey | { readonly problem: string } {
    const value = text.trim();
    // Anything else could begin another header, or is refused by Node in a sentence that has the key in it.
    if (!/^[\x21-\x7e]+$/.test(value) || value.length > maxKeyLength)
      return { problem: 'The key must be one word of letters, digits and signs.' };
    return new ApiKey(value);
  }

  /** For the header of that name, as RFC 6750 writes it. */
  authorization(): string {
    return `Bearer ${this.#value}`;
  }

  toString(): string {
    return placeholder;
  }

  toJSON(): string {
    return placeholder;
  }

  [inspect.custom](): string {
    return placeholder;
  }
}
