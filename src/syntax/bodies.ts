/**
 * What a syntax tree says of a place: whether it is in a body that has nothing in it yet. Asked through `Grammars`, for
 * completions of several lines; reads the tree and changes nothing.
 */
import type { Node } from '@vscode/tree-sitter-wasm';

/**
 * `empty`: in a body of statements or members with nothing in it but comments; `filled`: anything else that is certain;
 * undefined where the tree does not tell, as where the grammar takes what stands there for a mistake.
 */
export type BodyState = 'empty' | 'filled' | undefined;

const bodies =
  /^(?:block|statement_block|statement_list|compound_statement|body_statement|block_body|do_block|do_group|then|class_body|interface_body|enum_body|constructor_body|declaration_list|field_declaration_list|script_block|script_block_body)$/;
const literals =
  /^(?:object|array|dictionary|list|set|tuple|hash|pair|arguments|argument_list|formal_parameters|parameters|parenthesized_expression|composite_literal|literal_value|initializer_list|array_creation_expression|named_imports|export_clause)$/;
const text = /string|comment|heredoc|regex|jsx_text|char_literal/;
const codeInText = /^(?:template_substitution|interpolation|expansion|command_substitution|jsx_expression)$/;

/** @param word a name that stands alone at the place, with its semicolon where it has one; UTF-16 units, end exclusive */
export function bodyStateAt(root: Node, word: { readonly start: number; readonly end: number }): BodyState {
  let node = root.descendantForIndex(word.start, word.start + 1);
  for (let outer: Node | null = node; outer && !codeInText.test(outer.type); outer = outer.parent)
    if (text.test(outer.type)) return 'filled';
  // The statement or member that is nothing but the word.
  while (node?.parent && isNoMore(node.parent, word)) node = node.parent;
  for (let child = node, parent = child?.parent; child && parent; child = parent, parent = child.parent) {
    if (literals.test(parent.type)) return 'filled';
    const others = parent.namedChildren.filter((one) => one && one.id !== child.id && !text.test(one.type));
    // Some grammars have a list of statements inside the body.
    if (bodies.test(parent.type) && others.length > 0) return 'filled';
    if (bodies.test(parent.type)) return 'empty';
    if (!isNoMore(parent, word)) return undefined;
  }
  return undefined;
}

const isNoMore = (node: Node, { start, end }: { readonly start: number; readonly end: number }): boolean =>
  node.startIndex === start && node.endIndex <= end && !bodies.test(node.type);
