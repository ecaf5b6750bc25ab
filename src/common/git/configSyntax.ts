/**
 * The syntax of git's config files (git-config(1), "Syntax"); used by `config.ts`. Reads no file, and knows no variable.
 */

/** One variable, in the order of the file. */
export interface Variable {
  /** `core.ignorecase`, `include.path`, `includeif.gitdir:~/work/.path`: section and name in lower case. */
  readonly name: string;
  /** Undefined where there is no `=`, which means true. */
  readonly value: string | undefined;
}

const section = /^\[\s*([-.A-Za-z0-9]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]/;
const variable = /^([A-Za-z][-A-Za-z0-9]*)[ \t]*(=?)/;

/** What a file says. A line that is none ends the reading, as git refuses such a file: what stands before it counts. */
export function readVariables(text: string): Variable[] {
  const found: Variable[] = [];
  let within = '';
  let rest = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  for (;;) {
    rest = rest.replace(/^(?:\s+|[#;][^\n]*)+/, '');
    const header = section.exec(rest);
    if (header !== null) {
      const [whole, name = '', inner] = header;
      within = name.toLowerCase() + (inner === undefined ? '' : `.${inner.replace(/\\(.)/gs, '$1')}`);
      rest = rest.slice(whole.length);
      continue;
    }
    const start = variable.exec(rest);
    if (start === null) return found;
    const [whole, name = '', sign] = start;
    rest = rest.slice(whole.length);
    const read = sign === '' ? { value: undefined, length: 0 } : readValue(rest);
    if (read === undefined) return found;
    found.push({ name: `${within}.${name.toLowerCase()}`, value: read.value });
    rest = rest.slice(read.length);
  }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', b: '\b', '\\': '\\', '"': '"' };

/** The value behind a `=`, to the end of its line. @returns undefined where it breaks the syntax */
function readValue(text: string): { value: string; length: number } | undefined {
  let value = '';
  /** Blanks count where something comes behind them, or in quotes. */
  let blanks = '';
  let isQuoted = false;
  for (let at = 0; ; at++) {
    const sign = text[at];
    if (sign === undefined || sign === '\n') return isQuoted ? undefined : { value, length: at };
    if (!isQuoted && (sign === '#' || sign === ';')) {
      const end = text.indexOf('\n', at);
      return { value, length: end < 0 ? text.length : end };
    }
    if (!isQuoted && (sign === ' ' || sign === '\t')) {
      if (value !== '') blanks += sign;
      continue;
    }
    value += blanks;
    blanks = '';
    if (sign === '"') {
      isQuoted = !isQuoted;
    } else if (sign === '\\') {
      const escaped = text[++at];
      if (escaped === '\n') continue;
      const meant = escapes[escaped ?? ''];
      if (meant === undefined) return undefined;
      value += meant;
    } else {
      value += sign;
    }
  }
}
