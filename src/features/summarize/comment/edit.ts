/**
 * Computes the text edit that adds or replaces a symbol's documentation, or puts a comment above a line. Used by
 * `insertion.vscode.ts`; changes no document itself.
 */
import { startOfLine } from '../../../syntax/documentation';
import type { CodeSymbol } from '../../../syntax/symbols';
import type { CommentContent } from './content';
import { commentStyle, documentationStyle } from './styles';
import type { Style } from './styles';

/** Replaces a range of a text; UTF-16 units, end exclusive. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Why no comment is written. */
export type Refusal =
  /** There is documentation, and replacing it was not asked for. */
  | 'documented'
  /** The language has no way of documenting that is known here. */
  | 'noStyle'
  /** The symbol has no place for it: a Python body that was not understood. */
  | 'noPlace';

export interface EditOptions {
  /** As VS Code names it. */
  readonly languageId: string;
  /** Replace the documentation that is there. */
  readonly replace: boolean;
  readonly lineBreak: string;
  /** Columns; the indentation counts. */
  readonly width: number;
  /** Columns of a tab. */
  readonly tabSize: number;
  /** One level of indentation, for a body that gets its own lines. */
  readonly indentation: string;
}

/** Less makes no lines worth reading, however deep the code stands. */
const minWidth = 40;

/** The edit that documents a symbol in its language's way, where that wants it. */
export function documentationEdit(
  text: string,
  symbol: CodeSymbol,
  content: CommentContent,
  options: EditOptions,
): TextEdit | Refusal {
  const style = documentationStyle(options.languageId);
  if (style === undefined) return 'noStyle';
  if (symbol.documentation !== undefined) {
    return options.replace ? replacement(text, symbol.documentation, style, content, options) : 'documented';
  }
  if (options.languageId === 'python') return insideBody(text, symbol, style, content, options);
  return above(text, symbol.start, style, content, options);
}

/** The edit that puts a plain comment above the line of an offset. */
export function commentEdit(
  text: string,
  offset: number,
  content: CommentContent,
  options: EditOptions,
): TextEdit | Refusal {
  const style = commentStyle(options.languageId);
  return style === undefined ? 'noStyle' : above(text, startOfLine(text, offset), style, content, options);
}

function write(
  style: Style,
  content: CommentContent,
  file: string,
  indentation: string,
  { width, tabSize }: EditOptions,
): string[] {
  const columns = indentation.replaceAll('\t', ' '.repeat(tabSize)).length;
  return style(content, { width: Math.max(minWidth, width - columns), file });
}

/** Each line indented but the first, and no blanks where nothing follows them. */
const indented = (lines: readonly string[], indentation: string, lineBreak: string): string =>
  lines.map((line, index) => (index === 0 || line === '' ? line : indentation + line)).join(lineBreak);

const indentationAt = (text: string, offset: number): string =>
  /^[ \t]*/.exec(text.slice(startOfLine(text, offset)))?.[0] ?? '';

function replacement(
  text: string,
  range: { start: number; end: number },
  style: Style,
  content: CommentContent,
  options: EditOptions,
): TextEdit {
  const indentation = indentationAt(text, range.start);
  // Its own habits are no guide to what takes its place.
  const file = text.slice(0, range.start) + text.slice(range.end);
  return {
    ...range,
    text: indented(write(style, content, file, indentation, options), indentation, options.lineBreak),
  };
}

function above(text: string, start: number, style: Style, content: CommentContent, options: EditOptions): TextEdit {
  const line = startOfLine(text, start);
  const indentation = indentationAt(text, line);
  const lines = write(style, content, text, indentation, options);
  // Go's directives are comments that are no part of the documentation; an empty line of it keeps them apart.
  if (options.languageId === 'go' && /^\/\/\w+:/.test(text.slice(start, start + 80))) lines.push('//');
  if (text.slice(line, start).trim() === '') {
    return {
      start: line,
      end: line,
      text: `${indentation}${indented(lines, indentation, options.lineBreak)}${options.lineBreak}`,
    };
  }
  // Something else stands before the symbol on its line: a block goes in between, lines go above both.
  if (lines[0]?.startsWith('/**') === true)
    return { start, end: start, text: `${indented(lines, indentation, options.lineBreak)} ` };
  return {
    start: line,
    end: line,
    text: `${indentation}${indented(lines, indentation, options.lineBreak)}${options.lineBreak}`,
  };
}

function insideBody(
  text: string,
  symbol: CodeSymbol,
  style: Style,
  content: CommentContent,
  options: EditOptions,
): TextEdit | Refusal {
  const { body, kind } = symbol;
  if (body === undefined) return 'noPlace';
  const { lineBreak } = options;
  const lineEnd = text.indexOf('\n', body.colon);
  if (lineEnd < 0 || lineEnd >= body.first) {
    const indentation = indentationAt(text, startOfLine(text, symbol.start)) + options.indentation;
    const lines = write(style, content, text, indentation, options);
    return {
      start: body.colon,
      end: body.first,
      text: `${lineBreak}${indentation}${indented(lines, indentation, lineBreak)}${lineBreak}${indentation}`,
    };
  }
  const indentation = indentationAt(text, body.first);
  const lines = write(style, content, text, indentation, options);
  // Between a class's documentation and its first member stands a blank line.
  const gap = kind === 'container' && !/^\s*?\n/.test(text.slice(lineEnd + 1)) ? lineBreak : '';
  return {
    start: lineEnd + 1,
    end: lineEnd + 1,
    text: `${indentation}${indented(lines, indentation, lineBreak)}${lineBreak}${gap}`,
  };
}
