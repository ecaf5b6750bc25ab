/**
 * Graph rewrite that splits a decoder into conditional stages, so that a long run can be made of short ones; used by
 * `prepare.ts` and run by `staged.ts`.
 */
import { create } from '@bufbuild/protobuf';
import { integers, node } from '../elements';
import type { GraphEditor } from '../graphEditor';
import {
  AttributeProtoSchema,
  AttributeType,
  DataType,
  GraphProtoSchema,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from '../onnx';
import type { AttributeProto, NodeProto, TensorProto, ValueInfoProto } from '../onnx';
import { isGroupedAttention } from './cacheRows';

/** How a graph is run part by part: names of what it takes and gives beside everything else. */
export interface Stages {
  readonly count: number;
  /** Input, bool [count]: the stages that a run is for, which follow one another. */
  readonly active: string;
  /** Inputs: what the stage before the first active one has given on, in the same order; not looked at in front of the very first. */
  readonly given: readonly string[];
  readonly givenType: 'float32' | 'float16';
  /** Outputs, by each stage but the last: what it gives on to the next. */
  readonly carried: readonly (readonly string[])[];
  /** The graph's own outputs by the stage that makes them; they are not to be asked for where that is not active. */
  readonly outputs: readonly (readonly string[])[];
}

const float: number = DataType.FLOAT;
const float16: number = DataType.FLOAT16;

/** Every branch costs a run some microseconds, whether it is taken or not: layers share stages where there are more. */
const maxStages = 16;
/** In front of the first layer. */
const beforeAll = -1;
/** The first version of ONNX in which Split takes the parts' lengths as a value. */
const splitVersion = 13n;
/** More than any axis has. */
const maxAxisLength = 2n ** 62n;

const names = {
  active: 'glassbox/active',
  condition: (stage: number) => `glassbox/active/${stage}`,
  first: 'glassbox/first',
  ones: 'glassbox/ones',
  given: (place: number) => `glassbox/given/${place}`,
  carried: (stage: number, place: number) => `glassbox/carried/${stage}/${place}`,
  inside: (value: string) => `glassbox/inside/${value}`,
  skipped: (value: string) => `glassbox/skipped/${value}`,
  none: (output: string) => `glassbox/none/${output}`,
  counted: 'glassbox/counted',
  all: 'glassbox/all',
  lengths: 'glassbox/lengths',
  length: (stage: number) => `glassbox/length/${stage}`,
} as const;

/**
 * Lets a decoder be run part by part: some layers each, and what makes the logits, become branches that are taken where
 * an input says so. A long run that nothing can stop falls into several short ones that way, of the same kernels and
 * with the same results. What every layer needs is calculated each time.
 *
 * A branch that is not taken passes on what was given to the graph if the next one is taken, and nothing otherwise.
 *
 * @param version of ONNX's own operators that the graph is written for
 * @returns `undefined`, with the graph as it was, where its layers are not one behind the other, or other operators than
 *   grouped attention use its caches: those graphs hand lengths and masks of one layer to all
 */
export function runInStages(editor: GraphEditor, version: bigint): Stages | undefined {
  const { graph } = editor;
  const caches = graph.input.filter(({ name }) => layerOf(name) !== undefined);
  if (!caches.every(({ name }) => editor.users(name).every(isGroupedAttention))) return undefined;
  const stageOf = assignStages(editor);
  const count = Math.max(beforeAll, ...stageOf.values()) + 1;
  const leaving = findLeaving(editor, stageOf, count);
  const madeIn = ({ name }: ValueInfoProto) => stageOf.get(editor.producer(name) as NodeProto);
  const outputs = Array.from({ length: count }, (_, stage) =>
    graph.output.filter((output) => madeIn(output) === stage),
  );
  const type = elementType(caches[0]);
  const inLine =
    leaving.length > 0 && leaving.every(({ length }) => length > 0) && outputs.flat().length === graph.output.length;
  if (!inLine || (type !== float && type !== float16) || version < splitVersion) return undefined;

  const carried = leaving.map((values, stage) => values.map((_, place) => names.carried(stage, place)));
  const given = Array.from({ length: Math.max(...leaving.map(({ length }) => length)) }, (_, place) =>
    names.given(place),
  );
  const choices = outputs.map((own, stage) => {
    const nodes = graph.node.filter((one) => stageOf.get(one) === stage);
    return choose({ stage, nodes, type, arriving: leaving[stage - 1] ?? [], leaving: leaving[stage] ?? [], own });
  });
  const stages = Array.from({ length: count }, (_, stage) => stage);
  const flags = [
    node('Split', [names.active, names.ones], stages.map(names.condition), { attributes: { axis: 0n } }),
    node('Cast', [names.active], [names.counted], { attributes: { to: BigInt(DataType.INT64) } }),
    node('Mul', [names.counted, names.all], [names.lengths]),
    node('Split', [names.lengths, names.ones], stages.map(names.length), { attributes: { axis: 0n } }),
  ];
  graph.node = [...flags, ...graph.node.filter((one) => !stageOf.has(one)), ...choices];
  graph.valueInfo = [];
  editor.define(
    integers(names.all, [maxAxisLength]),
    integers(names.first, [0n]),
    integers(
      names.ones,
      stages.map(() => 1n),
    ),
    ...graph.output.map(nothingFor),
  );
  graph.input.push(ofType(names.active, DataType.BOOL), ...given.map((name) => ofType(name, type)));
  graph.output.push(...carried.flat().map((name) => ofType(name, type)));
  const givenType = type === float ? 'float32' : 'float16';
  return {
    count,
    active: names.active,
    given,
    givenType,
    carried,
    outputs: outputs.map((own) => own.map(({ name }) => name)),
  };
}

/** The stage of every node but those that weights alone go into, or that serve several stages. */
function assignStages(editor: GraphEditor): Map<NodeProto, number> {
  const { input, node: nodes } = editor.graph;
  const layers = new Set(input.map(({ name }) => layerOf(name)).filter((layer) => layer !== undefined)).size;
  const each = Math.ceil(layers / maxStages);
  const stageOfInput = (name: string): number => {
    const layer = name === 'num_logits_to_keep' ? each * Math.ceil(layers / each) : layerOf(name);
    return layer === undefined ? beforeAll : Math.floor(layer / each);
  };
  const known = new Map(input.map(({ name }) => [name, stageOfInput(name)]));
  const found = new Map<NodeProto, number>();
  for (const one of nodes) {
    const before = one.input.map((value) => known.get(value)).filter((stage) => stage !== undefined);
    if (before.length === 0) continue;
    const stage = Math.max(...before);
    found.set(one, stage);
    for (const value of one.output) known.set(value, stage);
  }
  const shared = new Set<NodeProto>();
  for (const one of nodes.toReversed()) {
    const users = found.get(one) === beforeAll ? one.output.flatMap((value) => editor.users(value)) : [];
    if (users.some((user) => shared.has(user) || (found.get(user) ?? beforeAll) > 0)) shared.add(one);
  }
  for (const [one, stage] of found) {
    if (shared.has(one)) found.delete(one);
    else if (stage === beforeAll) found.set(one, 0);
  }
  return found;
}

/** Behind each stage but the last, what later ones take of what has been made up to it. */
function findLeaving(editor: GraphEditor, stageOf: ReadonlyMap<NodeProto, number>, count: number): string[][] {
  const found = Array.from({ length: Math.max(0, count - 1) }, (): string[] => []);
  for (const [one, stage] of stageOf) {
    for (const value of one.output) {
      const last =
        value === '' ? stage : Math.max(stage, ...editor.users(value).map((user) => stageOf.get(user) ?? stage));
      for (let at = stage; at < last; at++) found[at]?.push(value);
    }
  }
  return found;
}

interface Stage {
  readonly stage: number;
  readonly nodes: readonly NodeProto[];
  /** Element type of what passes from stage to stage. */
  readonly type: number;
  readonly arriving: readonly string[];
  readonly leaving: readonly string[];
  /** Outputs of the graph. */
  readonly own: readonly ValueInfoProto[];
}

/** A stage's nodes as a branch that is taken where the stage is active. */
function choose({ stage, nodes, type, arriving, leaving, own }: Stage): NodeProto {
  const ownNames = new Set(own.map(({ name }) => name));
  // A branch cannot give a value the name that what it is a branch of gives it.
  const inside = (value: string): string => {
    if (arriving.includes(value)) return names.carried(stage - 1, arriving.indexOf(value));
    return ownNames.has(value) ? names.inside(value) : value;
  };
  for (const one of nodes) {
    one.input = one.input.map(inside);
    one.output = one.output.map(inside);
  }
  const through = leaving
    .filter((value) => arriving.includes(value))
    .map((value) => node('Identity', [inside(value)], [names.inside(value)]));
  const taken = [
    ...leaving.map((value) => ofType(arriving.includes(value) ? names.inside(value) : inside(value), type)),
    ...own.map((info) => ofType(inside(info.name), elementType(info))),
  ];
  const made = [...leaving.map((_, place) => names.carried(stage, place)), ...ownNames];
  const skips = made.map((value, place) =>
    place < leaving.length
      ? node('Slice', [names.given(place), names.first, names.length(stage + 1), names.first], [names.skipped(value)])
      : node('Identity', [names.none(value)], [names.skipped(value)]),
  );
  const skipped = made.map((value, place) => ofType(names.skipped(value), elementType(taken[place])));

  const choice = node('If', [names.condition(stage)], made);
  choice.attribute = [
    branch('then_branch', stage, [...nodes, ...through], taken),
    branch('else_branch', stage, skips, skipped),
  ];
  return choice;
}

const branch = (
  name: string,
  stage: number,
  nodes: readonly NodeProto[],
  outputs: readonly ValueInfoProto[],
): AttributeProto =>
  create(AttributeProtoSchema, {
    name,
    type: AttributeType.GRAPH,
    g: create(GraphProtoSchema, { name: `${name}/${stage}`, node: [...nodes], output: [...outputs] }),
  });

function layerOf(input: string): number | undefined {
  const layer = /^past_key_values\.(\d+)\./.exec(input)?.[1];
  return layer === undefined ? undefined : Number(layer);
}

const elementType = (info: ValueInfoProto | undefined): number =>
  info?.type?.value.case === 'tensorType' ? info.type.value.value.elemType : DataType.UNDEFINED;

/** A value of any shape. */
const ofType = (name: string, elemType: number): ValueInfoProto =>
  create(ValueInfoProtoSchema, { name, type: { value: { case: 'tensorType', value: { elemType } } } });

/** An empty tensor of an output's type, with as many axes. */
function nothingFor(output: ValueInfoProto): TensorProto {
  const shape = output.type?.value.case === 'tensorType' ? (output.type.value.value.shape?.dim ?? []) : [];
  return create(TensorProtoSchema, {
    name: names.none(output.name),
    dataType: elementType(output),
    dims: shape.map(() => 0n),
    rawData: new Uint8Array(0),
  });
}
