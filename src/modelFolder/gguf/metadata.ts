/** Metadata of a GGUF file by type; absent and of another type are told apart by one sentence. */
import { invalid } from '../layouts/files';
import type { GgufFile } from './header';

export class GgufMetadata {
  constructor(private readonly file: Pick<GgufFile, 'path' | 'metadata'>) {}

  /** @throws {EngineError} `modelInvalid` where it is no text */
  text(key: string): string | undefined {
    return this.#value(key, 'a text', (value) => typeof value === 'string');
  }

  /** @throws {EngineError} `modelInvalid` where it is no number, or not finite */
  number(key: string): number | undefined {
    const value = this.#value(key, 'a number', (found) => typeof found === 'number' || typeof found === 'bigint');
    if (value !== undefined && !Number.isFinite(Number(value))) throw this.refusal(`${key} is not finite`);
    return value === undefined ? undefined : Number(value);
  }

  /** @throws {EngineError} `modelInvalid` where it is no number above 0 */
  positive(key: string): number | undefined {
    const value = this.number(key);
    if (value !== undefined && value <= 0) throw this.refusal(`${key} is ${value}`);
    return value;
  }

  /** @throws {EngineError} `modelInvalid` where it is neither true nor false */
  flag(key: string): boolean | undefined {
    return this.#value(key, 'true or false', (value) => typeof value === 'boolean');
  }

  /** A whole number from 1 to 2^31. @throws {EngineError} `modelInvalid` where it is none, or absent without `otherwise` */
  count(key: string, otherwise?: number): number {
    const value = this.number(key) ?? otherwise;
    if (value === undefined) throw this.refusal(`it does not say ${key}`);
    if (!Number.isInteger(value) || value < 1 || value > 2 ** 31) throw this.refusal(`${key} is ${value}`);
    return value;
  }

  /** A list of texts. @throws {EngineError} `modelInvalid` where it is absent or anything else */
  texts(key: string): readonly string[] {
    const found = this.#value(key, 'a list of texts', (value) => Array.isArray(value));
    const texts = found?.filter((value) => typeof value === 'string');
    if (!texts || texts.length !== found?.length) throw this.refusal(`${key} is no list of texts`);
    return texts;
  }

  /** A list of numbers. @throws {EngineError} `modelInvalid` where it is anything else */
  numbers(key: string): readonly number[] | undefined {
    const found = this.#value(key, 'a list of numbers', (value) => Array.isArray(value));
    const numbers = found?.filter((value) => typeof value === 'number');
    if (numbers?.length !== found?.length) throw this.refusal(`${key} is no list of numbers`);
    return numbers;
  }

  refusal(what: string): Error {
    return invalid(
      `The GGUF file ${this.file.path} cannot be used: ${what}; choose a model of a family that is understood.`,
    );
  }

  #value<T>(key: string, expected: string, is: (value: unknown) => value is T): T | undefined {
    const value = this.file.metadata.get(key);
    if (value === undefined || is(value)) return value;
    throw this.refusal(`${key} is not ${expected}`);
  }
}
