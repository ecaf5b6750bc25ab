/**
 * What a documentation comment contains, and its text as clean paragraphs. Used by `edit.ts`, `docstring.ts` and
 * `styles.ts`.
 */
import type { Signature } from '../../../syntax/signature';

/** What a documentation comment is to say. */
export interface CommentContent {
  /** Of the symbol that is documented. */
  readonly name: string;
  /** One or more paragraphs, parted by blank lines. */
  readonly text: string;
  /** Parameters and results to be listed; names and types alone, as the source has them. */
  readonly facts?: Signature | undefined;
}

/** The text as prose: on one line a paragraph, with a capital at its start and a stop at its end. */
export function paragraphsOf({ text, name, facts }: CommentContent): string[] {
  const own = new Set([name, ...(facts?.parameters ?? []).map((parameter) => parameter.name)]);
  return (
    text
      .split(/\n\s*\n/)
      // Characters that end a line in some languages and not in others would end a comment early.
      .map((paragraph) => paragraph.replaceAll(/[\s\p{Zl}\p{Zp}\p{Cc}]+/gu, ' ').trim())
      .filter((paragraph) => paragraph !== '')
      .map((paragraph) => withStop(withCapital(paragraph, own)))
  );
}

function withCapital(paragraph: string, names: ReadonlySet<string>): string {
  const word = /^[\p{Ll}]+(?![\p{L}\p{N}_$(.])/u.exec(paragraph)?.[0];
  return word === undefined || names.has(word) ? paragraph : paragraph.charAt(0).toUpperCase() + paragraph.slice(1);
}

const withStop = (paragraph: string): string => (/[.!?:…]["')\]`]*$/.test(paragraph) ? paragraph : `${paragraph}.`);
