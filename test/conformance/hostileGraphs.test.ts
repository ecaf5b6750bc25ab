import assert from 'node:assert/strict';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { node } from '../../src/engine/graphs/elements';
import { DataLocation, ModelProtoSchema, StringStringEntryProtoSchema } from '../../src/engine/graphs/onnx';
import type { GraphProto, NodeProto } from '../../src/engine/graphs/onnx';
import { errorMessage } from '../../src/common/errorMessage';
import { openModel } from '../../src/engine/server/openModel';
import { EngineError } from '../../src/ipc/engine/errors';
import { unpackFamily } from '../support/families';

/** Far more than any of these small models takes, far less than one that runs away. Processor time in milliseconds; bytes. */
const limits = { time: 60_000, memory: 2 ** 30 };

/** Folders whose graphs and tokenizers are changed. */
const subjects = [
  { family: 'llama', graph: 'onnx/model.onnx' },
  { family: 'bert', graph: 'onnx/model.onnx' },
  { family: 'genai-qwen3', graph: 'model.onnx' },
] as const;

/** Values that some node makes and another takes, in the order in which they are made. */
const innerValues = ({ node: nodes }: GraphProto): string[] => {
  const taken = new Set(nodes.flatMap(({ input }) => input));
  return nodes.flatMap(({ output }) => output.filter((name) => name !== '' && taken.has(name)));
};

/**
 * Lets a node take what comes of it.
 *
 * @param from place of the node among those that take something, as a share of them
 * @param steps from user to user at most
 */
function close(graph: GraphProto, from: number, steps: number): void {
  const made = new Set(graph.node.flatMap(({ output }) => output));
  const nodes = graph.node.filter(({ input }) => input.some((name) => name !== '' && made.has(name)));
  const first = nodes[Math.min(Math.floor(from * nodes.length), nodes.length - 1)]!;
  let last = first;
  for (let step = 0; step < steps; step++)
    last = nodes.find(({ input }) => last.output.some((name) => name !== '' && input.includes(name))) ?? last;
  const place = first.input.findIndex((name) => name !== '' && made.has(name));
  first.input[place] = last.output.find((name) => name !== '')!;
}

function firstProduct({ node: nodes, initializer }: GraphProto): NodeProto {
  const weights = new Set(initializer.map(({ name }) => name));
  return nodes.find(({ opType, input }) => opType.startsWith('MatMul') && weights.has(input[1] ?? ''))!;
}

const weightOf = (graph: GraphProto): string => firstProduct(graph).input[1]!;

/** Lets all products that have the first one's weight have a value instead, which nodes make. */
function replaceWeight(graph: GraphProto, value: string, ...nodes: readonly NodeProto[]): void {
  const weight = weightOf(graph);
  for (const { input } of graph.node) if (input[1] === weight) input[1] = value;
  graph.node.unshift(...nodes);
}

const graphs: Readonly<Record<string, (graph: GraphProto) => void>> = {
  'a node that takes what it makes': (graph) => close(graph, 0.5, 0),
  'a circle through all layers': (graph) => close(graph, 0.1, 1000),
  'a circle of nodes that nothing else feeds': (graph) => {
    const [value] = innerValues(graph).slice(-1) as [string];
    const user = graph.node.find(({ input }) => input.includes(value))!;
    user.input[user.input.indexOf(value)] = 'round/0';
    graph.node.unshift(node('Neg', ['round/1'], ['round/0']), node('Neg', ['round/0'], ['round/1']));
  },
  'a circle instead of a weight': (graph) => {
    replaceWeight(graph, 'round/0', node('Neg', ['round/1'], ['round/0']), node('Neg', ['round/0'], ['round/1']));
  },
  'a circle of nodes that pass a weight on': (graph) => {
    const circle = [node('Identity', ['round/1'], ['round/0']), node('Identity', ['round/0'], ['round/1'])];
    replaceWeight(graph, 'round/0', ...circle);
  },
  'a weight that is added to itself, a hundred times over': (graph) => {
    const doubled = Array.from({ length: 100 }, (_, at) =>
      node('Shape', [`doubled/${at}/sum`], [`doubled/${at + 1}`]),
    ).flatMap((shape, at) => [node('Add', [`doubled/${at}`, `doubled/${at}`], [`doubled/${at}/sum`]), shape]);
    replaceWeight(graph, 'doubled/100', node('Identity', [weightOf(graph)], ['doubled/0']), ...doubled);
  },
  'a chain of 10,000 nodes instead of a weight': (graph) => {
    const from = weightOf(graph);
    const chain = Array.from({ length: 10_000 }, (_, at) =>
      node('Shape', [at === 0 ? from : `chain/${at - 1}`], [`chain/${at}`]),
    );
    replaceWeight(graph, 'chain/9999', ...chain);
  },
  'two nodes that make the same value': (graph) => {
    graph.node.push(node('Neg', [graph.input[0]!.name], [graph.node[3]!.output[0]!]));
  },
  'no nodes at all': (graph) => void (graph.node = []),
  'a node of an operator that does not exist': (graph) => void (graph.node[2]!.opType = 'Everything'),
  ...Object.fromEntries(
    [
      '/etc/hostname',
      '../../../../../../etc/hostname',
      'C:\\Windows\\win.ini',
      'a/../../config.json',
      '',
      '\0',
      '.',
    ].map((location) => [
      `weights in ${JSON.stringify(location)}`,
      (graph: GraphProto) => pointAt(graph, { location }),
    ]),
  ),
  'weights beyond the end of all files': (graph) =>
    pointAt(graph, { location: 'config.json', offset: '9007199254740993' }),
  'weights in front of a file': (graph) => pointAt(graph, { location: 'config.json', offset: '-64' }),
  'weights of a length that is no number': (graph) => pointAt(graph, { location: 'config.json', length: 'all' }),
};

/** Lets the largest weight lie in a file beside the graph. */
function pointAt(graph: GraphProto, entries: Readonly<Record<string, string>>): void {
  const tensor = [...graph.initializer].sort((a, b) => b.rawData.length - a.rawData.length)[0]!;
  const all = { length: String(tensor.rawData.length), ...entries };
  tensor.externalData = Object.entries(all).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
  tensor.dataLocation = DataLocation.EXTERNAL;
  tensor.rawData = new Uint8Array();
}

/** Opens a folder, and expects one sentence. */
async function isRefused(path: string): Promise<void> {
  const begun = process.cpuUsage();
  const before = process.memoryUsage.rss();
  for (const backend of ['auto', 'binding'] as const) {
    const error: unknown = await openModel(path, { threads: 1, backend }).then(
      async (model) => (await model.dispose?.(), undefined),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof EngineError, error === undefined ? 'it was opened' : errorMessage(error));
    assert.match(error.message, /^[^\n]+$/);
  }
  const { user, system } = process.cpuUsage(begun);
  assert.ok((user + system) / 1000 < limits.time);
  assert.ok(process.memoryUsage.rss() - before < limits.memory);
}

for (const { family, graph } of subjects) {
  describe(`a hostile graph in the place of that of ${family}`, () => {
    let path: string;
    let good: Buffer;
    before(async () => {
      path = await unpackFamily(family);
      good = readFileSync(join(path, graph));
    });
    after(() => writeFileSync(join(path, graph), good));

    const change = (edit: (found: GraphProto) => void): void => {
      const model = fromBinary(ModelProtoSchema, good);
      edit(model.graph!);
      writeFileSync(join(path, graph), toBinary(ModelProtoSchema, model));
    };

    for (const [what, edit] of Object.entries(graphs))
      it(`is refused in one sentence: ${what}`, async () => {
        change(edit);
        await isRefused(path);
      });

    it('is refused in one sentence wherever a circle is closed', async () => {
      const share = fc.double({ min: 0, max: 1, noNaN: true });
      await fc.assert(
        fc.asyncProperty(share, fc.nat(40), async (from, steps) => {
          change((found) => close(found, from, steps));
          await isRefused(path);
        }),
        { numRuns: 12 },
      );
    });
  });
}
