/**
 * Opens ONNX files or in-memory graphs on the processor through the npm binding, after checking their files; used
 * wherever the native interface is not. Its runs block the thread.
 */
import type * as Runtime from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { basename } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import { checkWeightFiles } from '../graphs/weightFiles';
import { chooseAttentionKernel } from './attentionKernel';
import { byteProductsOverflow } from './byteProducts';
import { findOnnxFault } from './onnxFile';
import type { OnnxFileFault } from './onnxFile';
import { StagedSession } from './staged';
import type { PartialSession } from './staged';
import { fatalOnly, firstReason, folderSetting, precisionSetting } from './tensors';
import type {
  ElementType,
  GraphBytes,
  Session,
  SessionOptions,
  Tensor,
  TensorData,
  Tensors,
  ValueInfo,
} from './tensors';

export type * from './tensors';
export { RunInterrupted } from './tensors';

/** Tried in this order, one at a time: a list that names a missing accelerator makes session creation throw. */
const executionProviders = ['cpu'] as const;

/**
 * Loads an ONNX file, or a graph in memory whose weights lie in files.
 *
 * @throws {EngineError} `modelMissing`, `modelInvalid` (truncated, not ONNX, a graph that ONNX Runtime refuses) or
 *   `runtime` (ONNX Runtime itself cannot be loaded on this machine)
 */
export async function openSession(graph: string | GraphBytes, options: SessionOptions): Promise<Session> {
  if (typeof graph === 'string') await checkGraphFile(graph);
  const name = basename(typeof graph === 'string' ? graph : graph.path);
  const ort = await loadRuntime();
  const settings: InferenceSession.SessionOptions = {
    executionProviders,
    intraOpNumThreads: options.background ? 1 : options.threads,
    interOpNumThreads: 1,
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    logSeverityLevel: fatalOnly,
  };
  let session: InferenceSession;
  try {
    session =
      typeof graph === 'string'
        ? await ort.InferenceSession.create(graph, settings)
        : await fromBytes(ort, graph, settings);
  } catch (error) {
    throw new EngineError('modelInvalid', `ONNX Runtime cannot load ${name}: ${firstReason(error)}`, { cause: error });
  }
  const opened = new BindingSession(session, ort.Tensor, name, options.fillsOutputs ?? false);
  return typeof graph !== 'string' && graph.stages ? new StagedSession(opened, graph.stages) : opened;
}

async function fromBytes(
  ort: typeof Runtime,
  graph: GraphBytes,
  settings: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  const folder = [folderSetting, graph.folder] as const;
  const plain = () => ort.InferenceSession.create(graph.bytes, { ...settings, extra: nested(folder) });
  if (!graph.multipliesBytes || !(await byteProductsOverflow())) return plain();
  return ort.InferenceSession.create(graph.bytes, { ...settings, extra: nested(folder, precisionSetting) }).catch(
    plain,
  );
}

/**
 * Looks at the outermost structure of an ONNX file, and at the files beside it that hold its weights.
 *
 * @throws {EngineError} `modelMissing` or `modelInvalid`, with a sentence that says what is wrong with it
 */
export async function checkGraphFile(graph: string): Promise<void> {
  const fault = await findOnnxFault(graph);
  if (fault) throw new EngineError(fault === 'missing' ? 'modelMissing' : 'modelInvalid', faultSentence(fault, graph));
  await checkWeightFiles(graph);
}

/** A session of the npm binding: `run` blocks the thread while the native run lasts and copies every output. */
class BindingSession implements PartialSession {
  readonly interruptible = false;
  readonly inputs: ReadonlyMap<string, ValueInfo>;
  readonly outputs: ReadonlyMap<string, ValueInfo>;

  constructor(
    private readonly session: InferenceSession,
    private readonly tensorType: typeof Runtime.Tensor,
    private readonly name: string,
    private readonly fillsOutputs: boolean,
  ) {
    this.inputs = byName(session.inputMetadata);
    this.outputs = byName(session.outputMetadata);
  }

  tensor(type: ElementType, data: TensorData, shape: readonly number[]): Tensor {
    const tensor = new this.tensorType(type, data, shape);
    // Where Node has Float16Array the tensor turns 16-bit integers into one, which the native side takes for empty.
    return type === 'float16' ? Object.defineProperty(tensor, 'data', { value: data }) : tensor;
  }

  run(feeds: Readonly<Tensors>, into: Readonly<Tensors> = {}): Promise<Tensors> {
    return this.fetch(feeds, [...this.outputs.keys()], this.fillsOutputs ? into : {});
  }

  async fetch(feeds: Readonly<Tensors>, wanted: readonly string[], into: Readonly<Tensors> = {}): Promise<Tensors> {
    try {
      const fetches = wanted.map((name) => [name, (into[name] as Runtime.Tensor | undefined) ?? null] as const);
      return await this.session.run(feeds as Record<string, Runtime.Tensor>, Object.fromEntries(fetches));
    } catch (error) {
      throw new EngineError('runtime', `ONNX Runtime failed to run ${this.name}: ${firstReason(error)}`, {
        cause: error,
      });
    }
  }

  dispose(): Promise<void> {
    return this.session.release();
  }
}

async function loadRuntime(): Promise<typeof Runtime> {
  chooseAttentionKernel();
  try {
    const ort = await import('onnxruntime-node');
    ort.env.logLevel = 'fatal';
    return ort;
  } catch (error) {
    throw new EngineError('runtime', `ONNX Runtime cannot be loaded on this machine: ${firstReason(error)}`, {
      cause: error,
    });
  }
}

function byName(values: readonly InferenceSession.ValueMetadata[]): Map<string, ValueInfo> {
  return new Map(values.flatMap((value) => (value.isTensor ? [[value.name, value] as const] : [])));
}

/** The form in which the binding takes settings: those that begin alike in one object. */
function nested(
  ...settings: readonly (readonly [setting: string, value: string])[]
): Record<string, Record<string, string>> {
  const all: Record<string, Record<string, string>> = {};
  for (const [setting, value] of settings) {
    const [first = '', second = ''] = setting.split('.');
    all[first] = { ...all[first], [second]: value };
  }
  return all;
}

function faultSentence(fault: OnnxFileFault, graph: string): string {
  const name = basename(graph);
  switch (fault) {
    case 'missing':
      return `The model file ${graph} does not exist or cannot be read.`;
    case 'notAFile':
      return `${graph} is not a file, so it cannot be an ONNX model.`;
    case 'empty':
      return `The model file ${name} is empty; download or copy it again.`;
    case 'truncated':
      return `The model file ${name} is truncated; download or copy it again.`;
    case 'notOnnx':
      return `The file ${name} is not an ONNX model; check where it came from.`;
  }
}
