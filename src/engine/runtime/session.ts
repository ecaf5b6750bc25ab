import type * as Runtime from 'onnxruntime-node';
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { basename } from 'node:path';
import { EngineError } from '../errors';
import { findOnnxFault } from './onnxFile';
import type { OnnxFileFault } from './onnxFile';

export type { Tensor } from 'onnxruntime-node';
export type ElementType = Exclude<Tensor.Type, 'string'>;
export type TensorData = Tensor.DataTypeMap[ElementType];
export type Tensors = Record<string, Tensor>;

/** An input or output as the graph declares it; dimensions that vary are given by their name. */
export interface ValueInfo {
  readonly name: string;
  readonly type: Tensor.Type;
  readonly shape: readonly (number | string)[];
}

/** A loaded graph. */
export interface Session {
  readonly inputs: ReadonlyMap<string, ValueInfo>;
  readonly outputs: ReadonlyMap<string, ValueInfo>;
  /** Wraps `data` without copying it: a run reads what the array holds then. */
  tensor(type: ElementType, data: TensorData, shape: readonly number[]): Tensor;
  /**
   * Computes every output. Blocks the thread while the native run lasts; the arrays of the result belong to the caller.
   *
   * @throws {EngineError} `runtime`
   */
  run(feeds: Readonly<Tensors>): Promise<Tensors>;
  dispose(): Promise<void>;
}

export interface SessionOptions {
  /** Threads of one run, the calling one included. */
  readonly threads: number;
  /** For work nobody waits for: one thread, which has no pool and therefore nothing that spins between runs. */
  readonly background?: boolean;
}

/** Tried in this order, one at a time: a list that names a missing accelerator makes session creation throw. */
const executionProviders = ['cpu'] as const;

/** ONNX Runtime reports each failure as an exception as well, so its own log to standard error stays quiet. */
const fatalOnly = 4;

/**
 * Loads an ONNX file.
 *
 * @throws {EngineError} `modelMissing`, `modelInvalid` (truncated, not ONNX, a graph that ONNX Runtime refuses) or
 *   `runtime` (ONNX Runtime itself cannot be loaded on this machine)
 */
export async function openSession(graph: string, options: SessionOptions): Promise<Session> {
  const fault = await findOnnxFault(graph);
  if (fault) throw new EngineError(fault === 'missing' ? 'modelMissing' : 'modelInvalid', faultSentence(fault, graph));

  const ort = await loadRuntime();
  let session: InferenceSession;
  try {
    session = await ort.InferenceSession.create(graph, {
      executionProviders,
      intraOpNumThreads: options.background ? 1 : options.threads,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      graphOptimizationLevel: 'all',
      logSeverityLevel: fatalOnly,
    });
  } catch (error) {
    const sentence = `ONNX Runtime cannot load ${basename(graph)}: ${firstReason(error)}`;
    throw new EngineError('modelInvalid', sentence, { cause: error });
  }
  return new NativeSession(session, ort.Tensor, basename(graph));
}

class NativeSession implements Session {
  readonly inputs: ReadonlyMap<string, ValueInfo>;
  readonly outputs: ReadonlyMap<string, ValueInfo>;

  constructor(
    private readonly session: InferenceSession,
    private readonly tensorType: typeof Tensor,
    private readonly name: string,
  ) {
    this.inputs = byName(session.inputMetadata);
    this.outputs = byName(session.outputMetadata);
  }

  tensor(type: ElementType, data: TensorData, shape: readonly number[]): Tensor {
    const tensor = new this.tensorType(type, data, shape);
    // Where Node has Float16Array the tensor turns 16-bit integers into one, which the native side takes for empty.
    return type === 'float16' ? Object.defineProperty(tensor, 'data', { value: data }) : tensor;
  }

  async run(feeds: Readonly<Tensors>): Promise<Tensors> {
    try {
      return await this.session.run(feeds);
    } catch (error) {
      throw new EngineError('runtime', `ONNX Runtime failed to run ${this.name}: ${firstReason(error)}`, { cause: error });
    }
  }

  dispose(): Promise<void> {
    return this.session.release();
  }
}

async function loadRuntime(): Promise<typeof Runtime> {
  try {
    const ort = await import('onnxruntime-node');
    ort.env.logLevel = 'fatal';
    return ort;
  } catch (error) {
    throw new EngineError('runtime', `ONNX Runtime cannot be loaded on this machine: ${firstReason(error)}`, { cause: error });
  }
}

function byName(values: readonly InferenceSession.ValueMetadata[]): Map<string, ValueInfo> {
  return new Map(values.flatMap((value) => (value.isTensor ? [[value.name, value] as const] : [])));
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

/** The first line of a native error, without the runtime's own source positions. */
function firstReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const line = message.split('\n', 1)[0] ?? '';
  return line
    .replace(/^Load model from .*? failed:/, '')
    .replace(/\/onnxruntime_src\/\S+:\d+ .*?\) /, '')
    .slice(0, 300)
    .trim();
}
