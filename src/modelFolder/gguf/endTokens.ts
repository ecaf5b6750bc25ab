/** Which tokens a GGUF file lets texts and turns begin and end with, and which steer the model; used where files are summed up and converted. */
import type { SpecialToken } from '../layouts/types';
import type { GgufMetadata } from './metadata';
import { beginsByItself } from './tokenizer';

/** How base models spell the end of a text, where the file names the end of a turn for it (llama-vocab.cpp of llama.cpp). */
const endsOfText = ['<|endoftext|>', '<|end_of_text|>', '<eos>'];

/**
 * Tokens by their text in the vocabulary. A tuned model's file names as its end what ends a turn; texts of its training
 * were parted by another token then.
 */
export function readEndTokens(
  metadata: GgufMetadata,
): Partial<Record<Extract<SpecialToken, 'beginOfText' | 'endOfText' | 'endOfTurn'>, string>> {
  const tokens = metadata.texts('tokenizer.ggml.tokens');
  const named = (role: string) => tokens[metadata.number(`tokenizer.ggml.${role}_token_id`) ?? -1];
  const begins = metadata.flag('tokenizer.ggml.add_bos_token') ?? beginsByItself(metadata.text('tokenizer.ggml.model'));
  const begin = begins ? named('bos') : undefined;
  const end = named('eos');
  const untuned = endsOfText.find((token) => token !== end && tokens.includes(token));
  const endOfText = untuned ?? end;
  const endOfTurn = named('eot') ?? (end === endOfText ? undefined : end);
  return {
    ...(begin !== undefined && { beginOfText: begin }),
    ...(endOfText !== undefined && { endOfText }),
    ...(endOfTurn !== undefined && { endOfTurn }),
  };
}

/** Values of `tokenizer.ggml.token_type` of tokens that are found in a text before anything else. */
const marks = new Set([3, 4]);

/** The texts of tokens that steer the model, or that its makers have added. */
export function readMarks(metadata: GgufMetadata): ReadonlySet<string> {
  const types = metadata.numbers('tokenizer.ggml.token_type') ?? [];
  return new Set(metadata.texts('tokenizer.ggml.tokens').filter((_, at) => marks.has(types[at] ?? 1)));
}
