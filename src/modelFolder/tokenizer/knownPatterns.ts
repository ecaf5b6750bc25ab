/**
 * Patterns of published tokenizers, by their exact text: each was seen to take time in proportion to any text
 * (`npm run bench -- hostile`). Used where patterns are compiled; what is not listed here runs slower.
 */
import { preTokenizersByName } from '../gguf/preTokenizers';

const contractions = "'s|'t|'re|'ve|'m|'ll|'d";
const upper = String.raw`[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]`;
const lower = String.raw`[\p{Ll}\p{Lm}\p{Lo}\p{M}]`;
const start = String.raw`[^\r\n\p{L}\p{N}]?`;
const spaces = String.raw`\s*[\r\n]+|\s+(?!\S)|\s+`;
/** A word ends where its case does: GPT-4o, and Mistral without the contractions. */
const cased = (end: string, digits: string): string =>
  String.raw`${start}${upper}*${lower}+${end}|${start}${upper}+${lower}*${end}|${digits}| ?[^\s\p{L}\p{N}]+[\r\n/]*|${spaces}`;

export const knownPatterns: ReadonlySet<string> = new Set([
  ...[...preTokenizersByName.values()].flatMap(({ splits }) => splits),
  // GPT-4o, gpt-oss; Mistral
  cased(`(?i:${contractions})?`, String.raw`\p{N}{1,3}`),
  cased('', String.raw`\p{N}`),
  // Qwen 3.5
  String.raw`(?i:${contractions})|${start}[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|${spaces}`,
  // CLIP
  String.raw`${contractions}|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+`,
  // The table and the decoder that come with Glassbox
  String.raw`\r?\n[ \t]*| ?[\p{L}\p{M}_$]+|\p{N}{1,3}|[^\s\p{L}\p{M}\p{N}_$]{1,3}|[ \t]+|\s`,
  String.raw`\n[ \t]*| ?[\p{L}_$][\p{L}\p{M}\p{N}_$]*|\p{N}{1,3}| ?[^ \t\n\p{L}\p{M}\p{N}_$]+|[ \t]+(?=[ \t])|[ \t]+|[^ \t\n]`,
]);
