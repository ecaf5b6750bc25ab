/** Questions that are no sentences, made from the code that is wanted; used by the bench of this folder. */
import { mask } from '../quality/functions';

const defined =
  /\b(?:def|function\*?|class|interface|type|enum|const|let|var)\s+([A-Za-z_$][\w$]*)|^\s*(?:(?:async|static|public|private|protected|get|set|export|default)\s+)*([A-Za-z_$#][\w$]*)\s*[(<]/m;
const fewestWords = 2;
const shortestLine = 24;

/** The name that a function has. */
export function nameQuestion(code: string): string | undefined {
  const found = defined.exec(code);
  const name = found?.[1] ?? found?.[2];
  return name === mask ? undefined : name;
}

/** The words of that name, in lower case; undefined where there are too few to ask with. */
export function wordsQuestion(code: string): string | undefined {
  const name = nameQuestion(code) ?? '';
  const words = name.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
  return words.length < fewestWords ? undefined : words.join(' ').toLowerCase();
}

/** The line in the middle of a function, as it is pasted into the search. */
export function codeQuestion(code: string): string | undefined {
  const lines = code
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line.length >= shortestLine && /[(=.]/.test(line) && !/^(?:\/\/|\*|\/\*|#)/.test(line));
  return lines[Math.floor(lines.length / 2)];
}
