/**
 * Edits an ONNX graph in place and keeps track of the producer and users of each value; used by the rewrites, the two
 * prepare modules and attention instrumentation.
 */
import { AttributeType } from './onnx';
import type { GraphProto, NodeProto, TensorProto, ValueInfoProto } from './onnx';

/** A graph that is changed in place, with the producer and the users of each value. */
export class GraphEditor {
  readonly #producers = new Map<string, NodeProto>();
  readonly #users = new Map<string, Set<NodeProto>>();
  readonly #constants: Set<string>;

  constructor(readonly graph: GraphProto) {
    for (const node of graph.node) this.#enter(node);
    this.#constants = new Set(graph.initializer.map(({ name }) => name));
  }

  /** Whether a node holds graphs of its own, which may use any value by its name. */
  get hasBranches(): boolean {
    const branches: readonly AttributeType[] = [AttributeType.GRAPH, AttributeType.GRAPHS];
    return this.graph.node.some(({ attribute }) => attribute.some(({ type }) => branches.includes(type)));
  }

  input(name: string): ValueInfoProto | undefined {
    return this.graph.input.find((input) => input.name === name);
  }

  output(name: string): ValueInfoProto | undefined {
    return this.graph.output.find((output) => output.name === name);
  }

  producer(value: string): NodeProto | undefined {
    return this.#producers.get(value);
  }

  users(value: string): readonly NodeProto[] {
    return [...(this.#users.get(value) ?? [])];
  }

  isConstant(value: string): boolean {
    return this.#constants.has(value) || this.producer(value)?.opType === 'Constant';
  }

  /** Adds constants. */
  define(...constants: readonly TensorProto[]): void {
    this.graph.initializer.push(...constants);
    for (const { name } of constants) this.#constants.add(name);
  }

  /** Whether a value is a constant, or made of constants alone, so that it is the same in every run. Looks at each value once. */
  isFixed(value: string): boolean {
    return this.isMadeOf(value, () => false);
  }

  /** Whether a value comes from constants and from others that `given` holds for alone. Looks at each value once. */
  isMadeOf(value: string, given: (value: string) => boolean): boolean {
    const seen = new Set([value]);
    for (const name of seen) {
      if (name === '' || given(name) || this.isConstant(name)) continue;
      const made = this.producer(name);
      if (made === undefined || made.input.length === 0) return false;
      for (const input of made.input) seen.add(input);
    }
    return true;
  }

  /** Adds nodes in front of `before`, so that nodes stay in the order they run in; at the front without it. */
  insert(nodes: readonly NodeProto[], before?: NodeProto): void {
    const at = before ? this.graph.node.indexOf(before) : 0;
    this.graph.node.splice(at, 0, ...nodes);
    for (const node of nodes) this.#enter(node);
  }

  /** Adds nodes behind all others. */
  append(...nodes: readonly NodeProto[]): void {
    this.graph.node.push(...nodes);
    for (const node of nodes) this.#enter(node);
  }

  remove(node: NodeProto): void {
    this.graph.node.splice(this.graph.node.indexOf(node), 1);
    for (const value of node.output) this.#producers.delete(value);
    for (const value of node.input) this.#users.get(value)?.delete(node);
  }

  /** Lets a node use another value wherever it used `from`. */
  redirect(user: NodeProto, from: string, to: string): void {
    this.#users.get(from)?.delete(user);
    user.input = user.input.map((value) => (value === from ? to : value));
    this.#enter(user);
  }

  /** Lets a node use another value in one place, or none (an empty string). */
  replaceInput(user: NodeProto, place: number, to: string): void {
    const from = user.input[place] ?? '';
    user.input[place] = to;
    if (!user.input.includes(from)) this.#users.get(from)?.delete(user);
    this.#enter(user);
  }

  /** Renames a value where it is made and wherever it is used; inputs and outputs of the graph keep their names. */
  rename(from: string, to: string): void {
    const producer = this.producer(from);
    if (!producer) throw new Error(`nothing makes ${from}`);
    this.#producers.delete(from);
    producer.output = producer.output.map((value) => (value === from ? to : value));
    this.#enter(producer);
    for (const user of this.users(from)) this.redirect(user, from, to);
  }

  #enter(node: NodeProto): void {
    for (const value of node.output) this.#producers.set(value, node);
    for (const value of node.input) {
      const users = this.#users.get(value);
      if (users) users.add(node);
      else this.#users.set(value, new Set([node]));
    }
  }
}
