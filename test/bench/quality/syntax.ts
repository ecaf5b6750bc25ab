/** What the task generator needs to know of a file's syntax, read with the grammars that VS Code itself ships. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Language as Grammar, Parser } from '@vscode/tree-sitter-wasm';
import type { Node } from '@vscode/tree-sitter-wasm';
import type { Language } from './packages';

const requireHere = createRequire(path.resolve('package.json'));
const wasmFolder = path.dirname(requireHere.resolve('@vscode/tree-sitter-wasm'));

/** Offsets in UTF-16 units, end exclusive. */
export type Range = { start: number; end: number };

/** A function with a name and, where it has one, its documentation. The range holds both in Python, the function alone elsewhere. */
export type FunctionRange = Range & { name: Range; doc?: Range };

export type Syntax = {
  /** Comments, documentation strings and string literals that span lines: nobody completes code there. */
  prose: Range[];
  /** Brackets and quotes with what closes them. */
  pairs: { open: Range; close: Range; closer: string }[];
  /** Statement lists of functions, loops and branches, without the brackets around them. */
  bodies: Range[];
  functions: FunctionRange[];
  /** Whether the parser understood every part. */
  sound: boolean;
};

let ready: Promise<unknown> | undefined;

/** @returns a function that parses texts of one language; it holds one native parser and is not reentrant */
export async function openParser(language: Language): Promise<(text: string) => Syntax> {
  ready ??= Parser.init({ locateFile: (file: string) => path.join(wasmFolder, file) });
  await ready;
  const grammar = await Grammar.load(await readFile(path.join(wasmFolder, `tree-sitter-${language}.wasm`)));
  const parser = new Parser();
  parser.setLanguage(grammar);
  return (text) => {
    const tree = parser.parse(text);
    if (tree === null) throw new Error('The parser gave up.');
    try {
      return readSyntax(tree.rootNode, text);
    } finally {
      tree.delete();
    }
  };
}

const closers: Record<string, string> = { '(': ')', '[': ']', '{': '}', '${': '}' };

function readSyntax(root: Node, text: string): Syntax {
  const syntax: Syntax = { prose: [], pairs: [], bodies: [], functions: [], sound: !root.hasError };
  const visit = (node: Node): void => {
    const range = rangeOf(node);
    if (node.type === 'comment' || isProse(node)) {
      syntax.prose.push(range);
      return;
    }
    const quote = isString(node) ? text[range.end - 1] : undefined;
    if (quote !== undefined) {
      const opening = node.firstChild ?? node;
      syntax.pairs.push({
        open: { start: range.start, end: Math.min(opening.endIndex, range.end) },
        close: { start: range.end - 1, end: range.end },
        closer: quote,
      });
    }
    if (node.type === 'statement_block' || node.type === 'block') syntax.bodies.push(trim(text, bodyRange(node)));
    const found = readFunction(node, text);
    if (found) syntax.functions.push(found);
    const open: Node[] = [];
    for (const child of node.children) {
      if (child === null) continue;
      if (child.type in closers) open.push(child);
      else if (open.length > 0 && child.type === closers[open.at(-1)!.type]) {
        syntax.pairs.push({ open: rangeOf(open.pop()!), close: rangeOf(child), closer: child.type });
      }
      visit(child);
    }
  };
  visit(root);
  return syntax;
}

/** A string that stands alone (a documentation string, a directive) or spans lines. */
const isProse = (node: Node): boolean =>
  isString(node) && (node.parent?.type === 'expression_statement' || node.startPosition.row !== node.endPosition.row);
const isString = (node: Node): boolean => node.type === 'string' || node.type === 'template_string';
const rangeOf = (node: Node): Range => ({ start: node.startIndex, end: node.endIndex });

/** Python's blocks have no brackets; a documentation string at their start is not for completing. */
function bodyRange(node: Node): Range {
  if (node.type === 'statement_block') return { start: node.startIndex + 1, end: node.endIndex - 1 };
  return { start: docstringOf(node)?.endIndex ?? node.startIndex, end: node.endIndex };
}

function trim(text: string, { start, end }: Range): Range {
  const inner = text.slice(start, end);
  const from = start + inner.length - inner.trimStart().length;
  return { start: from, end: Math.max(from, start + inner.trimEnd().length) };
}

const assigned = new Set([
  'variable_declarator',
  'assignment_expression',
  'pair',
  'field_definition',
  'public_field_definition',
]);
const functionValues = new Set(['function_expression', 'arrow_function', 'generator_function', 'function']);
const declarations = new Set([
  'function_declaration',
  'generator_function_declaration',
  'method_definition',
  'function_definition',
]);

function readFunction(node: Node, text: string): FunctionRange | undefined {
  if (declarations.has(node.type)) return describe(node, node.childForFieldName('name'), text);
  if (!assigned.has(node.type)) return undefined;
  const value = node.childForFieldName('value') ?? node.childForFieldName('right');
  if (value === null || !functionValues.has(value.type)) return undefined;
  const target = ['name', 'left', 'key', 'property']
    .map((field) => node.childForFieldName(field))
    .find((found) => found);
  const name = target?.type === 'member_expression' ? target.childForFieldName('property') : target;
  return describe(node, name ?? null, text);
}

function describe(node: Node, name: Node | null, text: string): FunctionRange | undefined {
  if (name === null || !/^#?[\w$]+$/.test(name.text)) return undefined;
  const python = node.type === 'function_definition';
  const outer = python ? node : outermost(node);
  const doc = python ? docstringOf(node.childForFieldName('body')) : commentAbove(outer, text);
  return { ...rangeOf(outer), name: rangeOf(name), ...(doc && { doc: rangeOf(doc) }) };
}

const wrappers = new Set(['export_statement', 'lexical_declaration', 'variable_declaration', 'expression_statement']);

/** The statement that a function is the whole of: `export const f = …;`. */
function outermost(node: Node): Node {
  const parent = node.parent;
  const alone =
    parent !== null &&
    wrappers.has(parent.type) &&
    parent.namedChildren.filter((child) => child?.type === node.type).length === 1;
  return alone ? outermost(parent) : node;
}

function commentAbove(node: Node, text: string): Node | undefined {
  let previous = node.previousSibling;
  while (previous?.type === 'decorator') previous = previous.previousSibling;
  if (previous?.type !== 'comment' || !previous.text.startsWith('/**')) return undefined;
  return /^\s*$/.test(text.slice(previous.endIndex, node.startIndex)) ? previous : undefined;
}

function docstringOf(block: Node | null): Node | undefined {
  const first = block?.namedChildren.find((child) => child?.type !== 'comment');
  const string = first?.type === 'expression_statement' ? first.firstNamedChild : undefined;
  return string?.type === 'string' ? string : undefined;
}
