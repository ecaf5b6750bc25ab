/**
 * The one way out for text of files: whatever is indexed, shown, copied, handed to a model or a tool, logged or exported
 * passes through here first.
 */
import { isSecretPath } from './secretFiles';
import { secretsIn } from './secretLines';

const privateKey =
  /-----BEGIN [A-Z ]{0,40}PRIVATE KEY[\s\S]*?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$(?![\s\S]))|PuTTY-User-Key-File[\s\S]*?(?:Private-MAC|$(?![\s\S]))/g;
/** The rest of one whose start is not in the text, which was cut. */
const endOfKey = /^[A-Za-z\d+/=\s]*-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----/;

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
  if (!text.includes('PRIVATE KEY') && !text.includes('PuTTY-User-Key')) return text;
  return text.replaceAll(privateKey, blank).replace(endOfKey, blank);
}

/** Of a line. */
function endOf(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end;
}

function blank(text: string): string {
  return text.replaceAll(/[^\r\n]/g, ' ');
}
