/** The first sentence of a function's documentation: the query of search tasks and the answer of documentation tasks. */

const minSentenceWords = 4;
const maxSentenceWords = 40;
const unsuitable = /https?:|[<>{}@]|deprecated/i;
const abbreviation = /\b(e\.g|i\.e|etc|vs|cf|resp|approx|incl|a\.k\.a)\.$/i;

/** @returns the first sentence in one line without its final full stop, or nothing where it makes no fair task */
export function firstSentence(documentation: string): string | undefined {
  const sentence = cutSentence(firstParagraph(stripMarks(documentation)));
  const words = sentence.split(' ').filter((word) => /[A-Za-z]/.test(word)).length;
  return words >= minSentenceWords && words <= maxSentenceWords && !unsuitable.test(sentence) ? sentence : undefined;
}

/** Without the marks of a documentation comment or the quotes of a documentation string. */
function stripMarks(documentation: string): string {
  if (documentation.startsWith('/*')) {
    return documentation
      .replace(/^\/\*+/, '')
      .replace(/\*+\/$/, '')
      .replaceAll(/^[^\S\n]*\*+[^\S\n]?/gm, '');
  }
  return documentation.replace(/^[a-zA-Z]{0,2}("""|'''|"|')/, '').replace(/("""|'''|"|')$/, '');
}

function firstParagraph(text: string): string {
  const [paragraph = ''] = text
    .trim()
    .split(/\n\s*\n|\n\s*(?=@|:(?:param|arg|type|returns?|rtype|raises?|yields?|keyword)\b|>>>|-{3})/);
  return paragraph.replaceAll(/\s+/g, ' ').trim();
}

function cutSentence(paragraph: string): string {
  for (const { index } of paragraph.matchAll(/[.!?](?=\s|$)/g)) {
    const sentence = paragraph.slice(0, index + 1);
    if (!abbreviation.test(sentence)) return sentence.replace(/\.$/, '');
  }
  return paragraph;
}
