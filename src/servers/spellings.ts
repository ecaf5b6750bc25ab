/**
 * Which spelling of fill-in-the-middle prompts a model on a server most likely takes, by its name: a server seldom shows its
 * tokenizer. Used by the prober; `trial.ts` finds out whether it is right, and a setting can overrule both.
 */
import { spellings } from '../modelFolder/layouts/fillInTheMiddle';
import type { SpellingName } from '../modelFolder/layouts/fillInTheMiddle';

/**
 * Names as Ollama, Hugging Face and GGUF files write them, the special ones before the general. Source: the models' cards and
 * the templates of Ollama's library. A row without a spelling is of models that are known to have none.
 */
const rows: readonly (readonly [RegExp, SpellingName | undefined])[] = [
  [/qwen[\d.]*-?coder|qwen.*coder|sweep-next-edit/, 'qwen'],
  [/codeqwen/, 'starCoder'],
  [/codegemma/, 'codeGemma'],
  [/mellum/, 'mellum'],
  [/starcoder-?2/, 'starCoder2'],
  [/starcoder|stable-?code|granite-(?:\d+b-)?code/, 'starCoder'],
  [/granite-?(?:3\.[3-9]|[4-9])/, 'qwen'],
  [/santacoder|refact/, 'santaCoder'],
  [/seed-?coder/, 'seedCoder'],
  [/deepseek-?coder/, 'deepSeek'],
  [/codellama.*(?:python|70b|34b)/, undefined],
  [/code-?llama/, 'codeLlama'],
  [/codestral/, 'codestral'],
];

/** @param model `qwen2.5-coder:1.5b`, `Qwen/Qwen2.5-Coder-7B`, or the path of a file @returns undefined where the name says nothing */
export function spellingByName(model: string): SpellingName | undefined {
  // Folders and file names count alike, and some write `_` or a blank for `-`.
  const name = model.slice(0, 1_000).toLowerCase().replaceAll(/[_ ]/g, '-');
  return rows.find(([pattern]) => pattern.test(name))?.[1];
}

/** A spelling by its own name, as a setting gives it. @returns undefined where there is none of that name */
export const spellingOf = (name: string | undefined): SpellingName | undefined =>
  name !== undefined && Object.hasOwn(spellings, name) ? (name as SpellingName) : undefined;
