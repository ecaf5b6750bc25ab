/** Documentation that is in a text already: comments above a definition, and the string that a Python body begins with. */
import { languageWithId } from './languages';
import type { DocumentationStyle } from './languages';

/** UTF-16 units, end exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** How documentation begins: blocks by their opening, lines by theirs. */
interface Forms {
  readonly block?: RegExp;
  readonly line?: RegExp;
}

const block = /\/\*\*(?!\/)/;
const hashes: Forms = { line: /^[ \t]*#(?!!)/ };
const slashes: Forms = { block, line: /^[ \t]*\/\/\/(?!\/)/ };

const formsOf: Readonly<Record<DocumentationStyle, Forms>> = {
  // Inside of the body: see `symbols.ts`.
  docstring: {},
  doxygen: { block: /\/\*[*!](?!\/)/, line: /^[ \t]*\/\/[/!](?!\/)/ },
  // Any comment right above; `//go:embed` and its like steer tools.
  godoc: { block: /\/\*/, line: /^[ \t]*\/\/(?!\w+:\S)/ },
  hashes,
  javadoc: { block },
  jsdoc: { block },
  luadoc: { line: /^[ \t]*---(?!-)/ },
  none: {},
  phpdoc: { block },
  rustdoc: slashes,
  slashes,
  xml: slashes,
  yard: hashes,
};

/**
 * The documentation that ends right above a symbol, with no blank line between; its last line break is not part of it.
 *
 * @param languageId as VS Code names it
 * @param start offset of the symbol's first line, or of the symbol where something else stands before it on its line
 */
export function documentationAbove(text: string, languageId: string, start: number): Range | undefined {
  const { block, line } = formsOf[languageWithId(languageId)?.documentation ?? 'none'];
  const lineStart = startOfLine(text, start);
  if (lineStart < start) return block && blockEndingAt(text, start, block);
  const end = lineStart > 0 && text[lineStart - 2] === '\r' ? lineStart - 2 : lineStart - 1;
  if (end <= 0) return undefined;
  const found = block && blockEndingAt(text, end, block);
  return found ?? (line && linesEndingAt(text, end, line));
}

function blockEndingAt(text: string, end: number, opening: RegExp): Range | undefined {
  const close = text.slice(0, end).replace(/[ \t]+$/, '').length;
  if (!text.slice(0, close).endsWith('*/')) return undefined;
  // Above the symbol's line, one that begins behind code belongs to that code.
  const isAbove = /[\r\n]/.test(text.charAt(end));
  for (const open of openingsOf(text, close - 2)) {
    if (isAbove && text.slice(startOfLine(text, open), open).trim() !== '') continue;
    return opening.exec(text.slice(open, open + 4))?.index === 0 ? { start: open, end: close } : undefined;
  }
  return undefined;
}

/** Where the block comment may begin whose `*\/` stands at `closing`, last first: its text may hold the mark too, as globs do. */
function* openingsOf(text: string, closing: number): Generator<number> {
  const earlier = closing < 2 ? -1 : text.lastIndexOf('*/', closing - 2);
  for (let before = closing - 2; before >= 0;) {
    const open = text.lastIndexOf('/*', before);
    if (open <= earlier) return;
    yield open;
    before = open - 1;
  }
}

function linesEndingAt(text: string, end: number, form: RegExp): Range | undefined {
  let start: number | undefined;
  for (let lineEnd = end; lineEnd > 0;) {
    const at = startOfLine(text, lineEnd);
    if (!form.test(text.slice(at, lineEnd))) break;
    start = at;
    lineEnd = at - 1;
  }
  if (start === undefined) return undefined;
  const indentation = /^[ \t]*/.exec(text.slice(start, end))?.[0].length ?? 0;
  return { start: start + indentation, end };
}

export function startOfLine(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** What a documentation says, without its marks, line breaks kept. */
export function documentationText(documentation: string): string {
  const inner = documentation.startsWith('/*')
    ? documentation
        .replace(/^\/\*[*!]*/, '')
        .replace(/\*+\/$/, '')
        .replaceAll(/^[^\S\n]*\*+[^\S\n]?/gm, '')
    : documentation
        .replace(/^[a-zA-Z]{0,2}("""|'''|"|')/, '')
        .replace(/("""|'''|"|')$/, '')
        .replaceAll(/^[^\S\n]*(?:\/\/[/!]?|#+|---)[^\S\n]?/gm, '');
  return inner
    .replaceAll(/<\/?summary>/g, '')
    .replaceAll('\r\n', '\n')
    .trim();
}
