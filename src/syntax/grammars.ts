/**
 * Parses code with the tree-sitter grammars of VS Code, each loaded on first use; used by the indexer, summaries and
 * the inspector. A failed or slow parse gives no definitions.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Language, Parser, Query } from '@vscode/tree-sitter-wasm';
import type { Node } from '@vscode/tree-sitter-wasm';
import { bodyStateAt } from './bodies';
import type { BodyState } from './bodies';
import type { Grammar } from './languages';
import type { Definition } from './outline';
import { definitionQueries } from './queries';
import { symbolKindOf } from './symbolKinds';
import type { SymbolKind } from './symbolKinds';

/** A file that takes longer than this is cut without its syntax. */
const parseMilliseconds = 2_000;
const maxNameLength = 80;
/** A name that no code has. */
const placeholder = 'gb1e5c';

interface Loaded {
  readonly parser: Parser;
  readonly query: Query;
}

/** What the parser takes for one word: a name, a bracket, an operator; of a string or a comment, a piece without parts. */
export interface Leaf {
  /** UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** The node that it is a part of; the same number for the same node. */
  readonly parent: number;
}

/** A definition with its nodes, which are valid as long as the visit lasts. */
export interface DefinitionNodes {
  readonly definition: Definition;
  readonly node: Node;
  readonly name: Node;
}

let ready: Promise<void> | undefined;

/**
 * The grammars of VS Code, loaded when they are first needed. They come with the WebAssembly runtime that they were
 * built for.
 */
export class Grammars {
  readonly #loaded = new Map<Grammar, Promise<Loaded | undefined>>();

  /** @param folder absolute path of the folder that holds `tree-sitter.wasm` and the grammars */
  constructor(private readonly folder: string) {}

  /** @returns the definitions of a text in any order; undefined where the parser fails or takes too long */
  definitions(text: string, grammar: Grammar): Promise<Definition[] | undefined> {
    return this.visitDefinitions(text, grammar, (all) => all.map(({ definition }) => definition));
  }

  /** @returns what the visitor makes of the definitions of a text; undefined where the parser fails or takes too long */
  visitDefinitions<T>(
    text: string,
    grammar: Grammar,
    visit: (definitions: DefinitionNodes[]) => T,
  ): Promise<T | undefined> {
    return this.#parse(text, grammar, (root, query) => visit(definitionsIn(root, query)));
  }

  /** @returns the leaves of a text's tree that lie in [start, end), in order; undefined where the parser fails or takes too long */
  leaves(text: string, grammar: Grammar, { start, end }: { start: number; end: number }): Promise<Leaf[] | undefined> {
    return this.#parse(text, grammar, (root) => leavesIn(root, start, end));
  }

  /**
   * @param at an offset in the text, UTF-16 units
   * @returns whether a body with nothing in it is there; undefined where that is not certain
   */
  emptyBodyAt(text: string, grammar: Grammar, at: number): Promise<BodyState> {
    // A parser that finds nothing where something must stand says less than one that finds a word.
    // The grammar of C++ takes a body without a semicolon for a list of values.
    const word = grammar === 'cpp' ? `${placeholder};` : placeholder;
    const withWord = `${text.slice(0, at)}${word}${text.slice(at)}`;
    return this.#parse(withWord, grammar, (root) => bodyStateAt(root, { start: at, end: at + word.length }));
  }

  async #parse<T>(text: string, grammar: Grammar, visit: (root: Node, query: Query) => T): Promise<T | undefined> {
    let loaded = this.#loaded.get(grammar);
    if (loaded === undefined) this.#loaded.set(grammar, (loaded = this.#load(grammar)));
    const parts = await loaded;
    if (parts === undefined) return undefined;
    try {
      return read(parts, text, visit);
    } catch {
      // A grammar that has thrown may have left its memory in any state: it is not asked again.
      this.#loaded.set(grammar, Promise.resolve(undefined));
      return undefined;
    }
  }

  async #load(grammar: Grammar): Promise<Loaded> {
    ready ??= Parser.init({ locateFile: (name: string) => join(this.folder, name) });
    await ready;
    const language = await Language.load(await readFile(join(this.folder, `tree-sitter-${grammar}.wasm`)));
    const parser = new Parser();
    parser.setLanguage(language);
    return { parser, query: new Query(language, definitionQueries[grammar]) };
  }
}

function read<T>({ parser, query }: Loaded, text: string, visit: (root: Node, query: Query) => T): T | undefined {
  const deadline = performance.now() + parseMilliseconds;
  const tree = parser.parse(text, null, { progressCallback: () => performance.now() > deadline });
  if (tree === null) {
    parser.reset();
    return undefined;
  }
  try {
    return visit(tree.rootNode, query);
  } finally {
    tree.delete();
  }
}

function definitionsIn(root: Node, query: Query): DefinitionNodes[] {
  return query.matches(root).flatMap(({ captures }) => {
    const name = captures.find((capture) => capture.name === 'name')?.node;
    const whole = captures.find((capture) => capture.name !== 'name');
    if (name === undefined || whole === undefined) return [];
    const { startIndex: start, endIndex: end } = whole.node;
    const definition = {
      start,
      end,
      name: plainName(name.text),
      kind: whole.name === 'container' ? ('container' as const) : ('whole' as const),
      symbolKind: kindOf(whole.node),
    };
    return [{ definition, node: whole.node, name }];
  });
}

/** A value is what it is set to: `const load = () => …` is a function, and one in a class a method. */
function kindOf({ type, parent }: Node): SymbolKind {
  if (/^(?:variable_declarator|assignment_expression|pair)$/.test(type)) return 'function';
  if (type.includes('field_definition')) return 'method';
  const kind = symbolKindOf(type);
  const isInClass = /class|impl_item|trait_item|declaration_list|field_declaration_list/.test(
    `${parent?.type ?? ''} ${parent?.parent?.type ?? ''}`,
  );
  return kind === 'function' && isInClass ? 'method' : kind;
}

function leavesIn(root: Node, start: number, end: number): Leaf[] {
  const leaves: Leaf[] = [];
  const cursor = root.walk();
  const parents: number[] = [];
  let nodes = 0;
  try {
    for (;;) {
      const outside = cursor.endIndex <= start || cursor.startIndex >= end;
      if (!outside && cursor.gotoFirstChild()) {
        parents.push(nodes++);
        continue;
      }
      if (!outside) leaves.push({ start: cursor.startIndex, end: cursor.endIndex, parent: parents.at(-1) ?? nodes });
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent()) return leaves;
        parents.pop();
      }
    }
  } finally {
    cursor.delete();
  }
}

/** `exports.parse` → `parse`, `char *name(int x)` → `name`, and never more than a line. */
function plainName(text: string): string {
  const head = text.replace(/\s*\([\s\S]*$/, '');
  const last = /(?:[\w$\p{L}]+::)*[~#]?[\w$\p{L}-]+[?!=]?$/u.exec(head)?.[0];
  return (last ?? text.split('\n', 1)[0] ?? '').trim().slice(0, maxNameLength);
}
