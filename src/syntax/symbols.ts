/** The definitions of a file with what documenting them needs: where each really begins, its documentation, its signature. */
import type { Node } from '@vscode/tree-sitter-wasm';
import { documentationAbove, startOfLine } from './documentation';
import type { Range } from './documentation';
import type { DefinitionNodes, Grammars } from './grammars';
import { languageOf } from './languages';
import type { Definition } from './outline';
import { definitionsOf } from './definitions';
import { regionsOf } from './regions';
import { signatureOf } from './signature';
import type { Signature } from './signature';

export interface CodeSymbol extends Definition {
  /** Start of the first line: decorators, attributes and what exports it are part of a symbol, its documentation is not. */
  readonly start: number;
  readonly nameRange: Range | undefined;
  /** Undefined for what is no function, and where no grammar is at hand. */
  readonly signature: Signature | undefined;
  /** The comment above, or Python's documentation string. */
  readonly documentation: Range | undefined;
  /** Python: what its body begins behind, the colon, and where the body's first statement stands. */
  readonly body: { readonly colon: number; readonly first: number } | undefined;
}

/** The definitions of a text, in the order in which they begin. @param path with `/` between folders */
export async function symbolsOf(text: string, path: string, grammars: Grammars): Promise<CodeSymbol[]> {
  const regions = regionsOf(text, path);
  if (regions === undefined) return symbolsIn(text, path, grammars);
  const symbols: CodeSymbol[] = [];
  for (const { start, end, path: own } of regions)
    for (const symbol of await symbolsIn(text.slice(start, end), own, grammars)) symbols.push(moved(symbol, start));
  return symbols;
}

function moved({ nameRange, documentation, body, ...symbol }: CodeSymbol, by: number): CodeSymbol {
  const range = (one: Range | undefined): Range | undefined => one && { start: one.start + by, end: one.end + by };
  return {
    ...symbol,
    start: symbol.start + by,
    end: symbol.end + by,
    nameRange: range(nameRange),
    documentation: range(documentation),
    body: body && { colon: body.colon + by, first: body.first + by },
  };
}

async function symbolsIn(text: string, path: string, grammars: Grammars): Promise<CodeSymbol[]> {
  const { id, structure } = languageOf(path);
  const found =
    typeof structure === 'string'
      ? undefined
      : await grammars.visitDefinitions(text, structure.grammar, (all) =>
          all.map((definition) => read(text, id, definition)),
        );
  const symbols =
    found ?? (await definitionsOf(text, path, grammars)).map((definition) => withoutTree(text, id, definition));
  return symbols
    .sort((a, b) => a.start - b.start || b.end - a.end)
    .filter(({ start, end }, at, all) => start !== all[at - 1]?.start || end !== all[at - 1]?.end);
}

function read(text: string, languageId: string, { node, name, definition }: DefinitionNodes): CodeSymbol {
  const outer = outermost(node);
  const start = aboveDirectives(text, languageId, wholeLine(text, firstOf(outer).startIndex));
  return {
    ...definition,
    start,
    end: Math.max(outer.endIndex, definition.end),
    nameRange: { start: name.startIndex, end: name.endIndex },
    signature: signatureOf(node),
    documentation: languageId === 'python' ? docstring(node) : documentationAbove(text, languageId, start),
    body: languageId === 'python' ? bodyOf(node) : undefined,
  };
}

function withoutTree(text: string, languageId: string, definition: Definition): CodeSymbol {
  const start = wholeLine(text, definition.start);
  return {
    ...definition,
    start,
    nameRange: undefined,
    signature: undefined,
    documentation: documentationAbove(text, languageId, start),
    body: undefined,
  };
}

/** The start of the line where nothing else stands before the symbol on it. */
function wholeLine(text: string, start: number): number {
  const line = startOfLine(text, start);
  return text.slice(line, start).trim() === '' ? line : start;
}

/** Go's attributes look like comments: `//go:embed`. They belong to what they stand above. */
function aboveDirectives(text: string, languageId: string, start: number): number {
  let first = start;
  while (languageId === 'go' && /^\/\/\w+:\S/.test(text.slice(startOfLine(text, first - 1), first)) && first > 0)
    first = startOfLine(text, first - 1);
  return first;
}

const wrappers = new Set([
  'export_statement',
  'lexical_declaration',
  'variable_declaration',
  'expression_statement',
  'decorated_definition',
  'template_declaration',
  'ambient_declaration',
]);

/** The statement that a definition is the whole of: `export const f = …;`, `@decorated def f`, `template <…> f`. */
function outermost(node: Node): Node {
  const { parent } = node;
  if (parent === null || !wrappers.has(parent.type)) return node;
  const alone = parent.namedChildren.filter((child) => child?.type === node.type).length === 1;
  return alone ? outermost(parent) : node;
}

/** Decorators and attributes that stand beside what they belong to. */
function firstOf(node: Node): Node {
  let first = node;
  for (
    let before = node.previousSibling;
    before?.type === 'decorator' || before?.type === 'attribute_item';
    before = before.previousSibling
  )
    first = before;
  return first;
}

function docstring(node: Node): Range | undefined {
  const first = node.childForFieldName('body')?.namedChildren.find((child) => child?.type !== 'comment');
  const string = first?.type === 'expression_statement' ? first.firstNamedChild : first;
  return string?.type === 'string' ? { start: string.startIndex, end: string.endIndex } : undefined;
}

function bodyOf(node: Node): CodeSymbol['body'] {
  const body = node.childForFieldName('body');
  const colon = node.children.findLast((child) => child?.type === ':' && child.startIndex < (body?.startIndex ?? 0));
  return body && colon ? { colon: colon.endIndex, first: body.startIndex } : undefined;
}
