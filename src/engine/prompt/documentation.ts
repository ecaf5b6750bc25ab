/**
 * Builds the prompt for one sentence of documentation from a path and code, cut to a token limit; used by
 * `generate.ts`.
 */
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import { unixLineEnds } from '../../common/text/cursor';
import type { Fitter } from './fit';
import type { SpecialIds } from './special';

/** Code that is to be described. */
export interface Documentable {
  /** Relative, with `/`. */
  readonly path: string;
  /** Whole lines, as they are indented, without the documentation that there is already. */
  readonly code: string;
}

/** Tokens. */
const maxPathLength = 32;

/**
 * The documentation prompt of docs/model-folder.md, behind which a model writes one sentence.
 *
 * @param limit tokens; of code that needs more, the first lines are shown
 * @throws {EngineError} `modelInvalid` where the model was not trained to document
 */
export function documentationPrompt(
  { path, code }: Documentable,
  limit: number,
  special: SpecialIds,
  tokenizer: Pick<Tokenizer, 'encode'>,
  fitter: Fitter,
): { ids: number[]; cut: boolean } {
  const front = [special.need('file'), ...fitter.path(path, maxPathLength)];
  const text = unixLineEnds(code);
  const room = limit - front.length - 1;
  const whole = tokenizer.encode(text);
  const cut = whole.length > room;
  return { ids: [...front, ...(cut ? fitter.head(text, room) : whole), special.need('doc')], cut };
}
