/** What a function takes and gives back, read from its syntax tree: facts, whatever the language. */
import type { Node } from '@vscode/tree-sitter-wasm';

export interface Parameter {
  readonly name: string;
  /** As it is written; undefined where the source says none. */
  readonly type: string | undefined;
  /** It may be left out. */
  readonly optional: boolean;
  /** It takes all the arguments that are left. */
  readonly rest: boolean;
}

export interface Signature {
  readonly parameters: readonly Parameter[];
  /** Undefined where nothing is given back; `type` as it is written, where it is. */
  readonly returns: { readonly type: string | undefined } | undefined;
  /** Types that the signature says may be thrown. */
  readonly throws: readonly string[];
}

const isRest = (type: string): boolean => /rest|spread|splat|variadic/.test(type);
const none = new Set([
  'void',
  'None',
  '()',
  'never',
  'NoReturn',
  'Promise<void>',
  'Promise<never>',
  'Task',
  'ValueTask',
  'Void',
]);
const ignored = new Set([
  'self_parameter',
  'keyword_separator',
  'positional_separator',
  'comment',
  'line_comment',
  'block_comment',
  'attribute_list',
  'attribute_item',
]);
const functions = /function|method|lambda|closure|constructor|arrow/;

/** @returns undefined for what is no function */
export function signatureOf(definition: Node): Signature | undefined {
  const node = functionIn(definition);
  const list = node?.childForFieldName('parameters') ?? node?.childForFieldName('parameter');
  if (!node || !list)
    return node?.type === 'function_definition' || node?.type === 'method'
      ? { parameters: [], returns: undefined, throws: [] }
      : undefined;
  const all = list.type.endsWith('identifier') ? [parameter(list.text)] : parametersIn(list);
  return {
    parameters: withoutReceiver(definition, all),
    returns: returnsOf(definition, node),
    throws: throwsOf(definition),
  };
}

/** The node that has the parameters: the definition itself, the value that it names, or a declarator inside of it. */
function functionIn(definition: Node): Node | undefined {
  const value = definition.childForFieldName('value') ?? definition.childForFieldName('right');
  for (let node: Node | null = value ?? definition; node; node = node.childForFieldName('declarator')) {
    if (node.childForFieldName('parameters') ?? node.childForFieldName('parameter')) return node;
    if (functions.test(node.type) && !node.childForFieldName('declarator')) return node;
  }
  return undefined;
}

const parameter = (name: string, more: Partial<Parameter> = {}): Parameter => ({
  name,
  type: undefined,
  optional: false,
  rest: false,
  ...more,
});

function parametersIn(list: Node): Parameter[] {
  const found: Parameter[] = [];
  let looseType: string | undefined;
  for (let index = 0; index < list.childCount; index++) {
    const child = list.child(index);
    if (!child?.isNamed || ignored.has(child.type)) continue;
    // `params int[] rest` of C# lies in the list without a node of its own.
    const field = list.fieldNameForChild(index);
    if (field === 'type') looseType = child.text;
    else if (field === 'name') found.push(parameter(child.text, { type: looseType, rest: true }));
    else found.push(...readParameter(child, found.length));
  }
  return found;
}

function readParameter(node: Node, index: number): Parameter[] {
  const optional = /optional|default|assignment_pattern/.test(node.type) || hasDefault(node);
  const type = typeOf(node);
  if (type === 'void' && !node.childForFieldName('declarator') && node.type === 'parameter_declaration') return [];
  const names = node.childrenForFieldName('name').flatMap((name) => (name === null ? [] : [name]));
  const targets = names.length > 0 ? names : [targetOf(node)];
  return targets.map((target) => {
    const rest = isRest(node.type) || isRest(target.type);
    return { name: nameOf(target, index), type, optional: optional && !rest, rest };
  });
}

function hasDefault(node: Node): boolean {
  if (node.childForFieldName('value') ?? node.childForFieldName('default_value')) return true;
  return (
    node.type === 'parameter' &&
    node.children.some((child) => child?.type === '=' || (child?.type ?? '').endsWith('literal'))
  );
}

/** The node that names a parameter, whatever is wrapped around it. */
function targetOf(node: Node): Node {
  const inner =
    node.childForFieldName('pattern') ?? node.childForFieldName('left') ?? node.childForFieldName('declarator');
  if (inner) return targetOf(inner);
  if (node.type === 'typed_parameter' || node.type === 'reference_declarator') return node.firstNamedChild ?? node;
  const declarator = node.namedChildren.find((child) => child?.type === 'variable_declarator');
  return declarator?.childForFieldName('name') ?? node;
}

/** A destructuring pattern has no name of its own; as in TypeScript's own tools, it is named by its position. */
function nameOf(target: Node, index: number): string {
  if (/^(?:object|array|tuple|struct|slice)_(?:struct_)?pattern$/.test(target.type)) return `param${index}`;
  const word = /[\p{L}_$][\p{L}\p{N}_$]*/u.exec(target.text);
  return word?.[0] ?? `param${index}`;
}

function typeOf(node: Node): string | undefined {
  const written =
    node.childForFieldName('type') ??
    (node.type === 'spread_parameter'
      ? node.namedChildren.find((child) => child && !/modifiers|declarator/.test(child.type))
      : undefined);
  if (!written) return undefined;
  const declarator = node.childForFieldName('declarator');
  return plain(written.text) + (declarator ? marksOf(declarator) : '');
}

/** What a declarator of C adds to its type: `*`, `&` and `[]`. */
function marksOf(declarator: Node): string {
  let marks = '';
  for (
    let node: Node | null = declarator;
    node;
    node = node.childForFieldName('declarator') ?? (node.type === 'reference_declarator' ? node.firstNamedChild : null)
  ) {
    if (node.type === 'pointer_declarator') marks += '*';
    else if (node.type === 'reference_declarator') marks += node.text.startsWith('&&') ? '&&' : '&';
    else if (node.type === 'array_declarator') marks += '[]';
    else if (node.type === 'function_declarator') break;
  }
  return marks;
}

/** A type on one line, without the mark that leads to it. */
const plain = (text: string): string =>
  text
    .replace(/^(?::|->)\s*/, '')
    .replaceAll(/\s+/g, ' ')
    .trim();

function withoutReceiver(definition: Node, all: readonly Parameter[]): readonly Parameter[] {
  const [first] = all;
  const receives = first?.name === 'this' || (/^(?:self|cls)$/.test(first?.name ?? '') && isInClass(definition));
  return receives ? all.slice(1) : all;
}

function isInClass(node: Node): boolean {
  for (let { parent } = node; parent; { parent } = parent) if (parent.type === 'class_definition') return true;
  return false;
}

function returnsOf(definition: Node, node: Node): Signature['returns'] {
  if (definition.type.includes('constructor') || definition.childForFieldName('name')?.text === 'constructor')
    return undefined;
  const written =
    node.childForFieldName('return_type') ??
    node.childForFieldName('result') ??
    node.childForFieldName('returns') ??
    definition.childForFieldName('type');
  if (written) {
    const declarator = definition.childForFieldName('declarator');
    const type = plain(written.text) + (declarator ? marksOf(declarator) : '');
    return none.has(type) ? undefined : { type };
  }
  const body = node.childForFieldName('body');
  if (!body) return undefined;
  const isExpression = node.type === 'arrow_function' && body.type !== 'statement_block';
  return isExpression || givesBack(body) ? { type: undefined } : undefined;
}

/** Whether a `return` with a value stands in a body, outside of the functions inside of it. */
function givesBack(body: Node): boolean {
  return body.namedChildren.some((child) => {
    if (child === null || functions.test(child.type) || child.type.startsWith('class')) return false;
    if (child.type === 'return_statement') return child.namedChildCount > 0;
    return givesBack(child);
  });
}

function throwsOf(definition: Node): string[] {
  const clause = definition.namedChildren.find((child) => child?.type === 'throws');
  return clause?.namedChildren.flatMap((child) => (child === null ? [] : [child.text])) ?? [];
}
