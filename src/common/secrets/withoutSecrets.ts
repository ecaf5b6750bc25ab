/**
 * The one way out for text of files: whatever is indexed, shown, copied, handed to a model or a tool, logged or exported
 * passes through here first.
 */
import { privateKeysIn } from './privateKeys';
import { isSecretPath } from './secretFiles';
import { secretsIn } from './secretLines';

/**
 * A text in which lines that hold a password, key or token are blank; every other character keeps its place. Of a file that
 * holds secrets by its name, nothing is left.
 *
 * @param path of the file it is from, or its name; empty for a text of no file
 */
export function withoutSecrets(text: string, path: string): string {
  if (path !== '' && isSecretPath(path)) return blank(text);
  const keyless = withoutKeys(text);
  const lines = new Set<number>();
  let [start, stop] = [0, -1];
  for (const at of secretsIn(keyless, path)) {
    // A long line can hold many, and is looked for once.
    if (at >= start && at < stop) continue;
    start = keyless.lastIndexOf('\n', at) + 1;
    stop = endOf(keyless, start);
    lines.add(start);
  }
  if (lines.size === 0) return keyless;
  let result = '';
  let end = 0;
  for (const from of [...lines].sort((a, b) => a - b)) {
    result += keyless.slice(end, from);
    end = endOf(keyless, from);
    result += blank(keyless.slice(from, end));
  }
  return result + keyless.slice(end);
}

/** The same for private keys alone, which no line shows by itself: what is cut into lines afterwards begins with this. */
export function withoutKeys(text: string): string {
  let result = '';
  let end = 0;
  for (const key of privateKeysIn(text)) {
    if (key.end <= end) continue;
    const start = Math.max(end, key.start);
    result += text.slice(end, start) + blank(text.slice(start, key.end));
    end = key.end;
  }
  return end === 0 ? text : result + text.slice(end);
}

/**
 * A part of a text without secrets, which are recognized by the lines around it, too. The rest of the text is not
 * looked through, so it has to be one {@link withoutKeys}.
 *
 * @param start UTF-16 offset, as `end` is
 */
export function shownSlice(text: string, start: number, end: number, path: string): string {
  const [from, to] = withLinesAround(text, start, end);
  return withoutSecrets(text.slice(from, to), path).slice(start - from, end - from);
}

/** A value may stand on a line below its name: so many lines tell what the next one holds. */
const linesThatTell = 5;

/** The lines that a part of a text touches, and those around it that tell what they hold. */
export function withLinesAround(text: string, start: number, end: number): [from: number, to: number] {
  let from = start === 0 ? 0 : text.lastIndexOf('\n', start - 1) + 1;
  let to = endOf(text, end);
  for (let line = 0; line < linesThatTell; line++) {
    if (from > 0) from = from === 1 ? 0 : text.lastIndexOf('\n', from - 2) + 1;
    if (to < text.length) to = endOf(text, to + 1);
  }
  return [from, to];
}

/** Of a line. */
function endOf(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

function blank(text: string): string {
  return text.replaceAll(/[^\r\n]/g, ' ');
}
