/**
 * Builds the prompt behind which a model writes the lines of a file anew as the next edit leaves them; used by `generate.ts`. The
 * form is the one that Sweep published with its models: https://blog.sweep.dev/posts/oss-next-edit.
 */
import type { Tokenizer } from '../../modelFolder/tokenizer/tokenizer';
import { unixLineEnds } from '../../common/text/cursor';
import type { WritingPrompt } from '../../ipc/engine/messages/generate';
import type { SpecialIds } from './special';

type Edited = Extract<WritingPrompt, { kind: 'nextEdit' }>;

/**
 * Each part stands behind the token of a file: earlier edits as lines before and after, then the lines before the latest edit, those
 * now, and the name of what is to be written. What the texts spell is never a special token.
 *
 * @param limit tokens; of earlier edits, the oldest are left out where there is no room
 * @throws {EngineError} `modelInvalid` where the folder names no token for files
 */
export function nextEditPrompt(
  { path, edits, before, now }: Edited,
  limit: number,
  special: Pick<SpecialIds, 'need'>,
  tokenizer: Pick<Tokenizer, 'encode'>,
): { ids: number[]; cut: boolean } {
  const part = (text: string): number[] => [special.need('file'), ...tokenizer.encode(unixLineEnds(text))];
  const last = [
    ...part(`original/${path}\n${before}\n`),
    ...part(`current/${path}\n${now}\n`),
    ...part(`updated/${path}`),
  ];
  let ids = last;
  for (const edit of edits.toReversed()) {
    const longer = [...part(`${edit.path}.diff\noriginal:\n${edit.before}\nupdated:\n${edit.after}\n`), ...ids];
    if (longer.length > limit) return { ids, cut: true };
    ids = longer;
  }
  return { ids, cut: false };
}
