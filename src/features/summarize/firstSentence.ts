/**
 * Extracts the first sentence of existing documentation, or nothing where it says too little or too much. Used by
 * `writing.ts` and `similar/documented.ts`.
 */

const maxSentenceLength = 200;

/** The first sentence of a documentation, on one line; empty where it has none that says something. */
export function firstSentence(documentation: string): string {
  const [paragraph = ''] = documentation.split(/\n\s*\n|\n\s*(?=@|:(?:param|return|raise)|Args:|Parameters\n|-{3})/);
  const line = paragraph.replaceAll(/\s+/g, ' ').trim();
  const sentence = /^.{4,}?[.!?](?=\s|$)/.exec(line)?.[0] ?? line;
  return /^[@<]|^\W*$/.test(sentence) || sentence.length > maxSentenceLength ? '' : sentence;
}
