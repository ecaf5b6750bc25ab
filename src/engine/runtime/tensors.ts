/**
 * Types of tensors, sessions, device memory and in-memory graphs that all runtimes share; imported by the native
 * interface and re-exported by the runtime's `session.ts`.
 */
import type * as Runtime from 'onnxruntime-node';
import type { Stages } from '../graphs/rewrites/stages';
import { errorMessage } from '../../common/errorMessage';

/** Values with their type and shape. Made by a session and fed to that same session. */
export type Tensor = Pick<Runtime.Tensor, 'type' | 'data' | 'dims'>;
export type ElementType = Exclude<Runtime.Tensor.Type, 'string'>;
export type TensorData = Runtime.Tensor.DataTypeMap[ElementType];
export type Tensors = Record<string, Tensor>;

/** An input or output as the graph declares it; dimensions that vary are given by their name. */
export interface ValueInfo {
  readonly name: string;
  readonly type: Runtime.Tensor.Type;
  readonly shape: readonly (number | string)[];
}

/** A loaded graph. */
export interface Session {
  readonly inputs: ReadonlyMap<string, ValueInfo>;
  readonly outputs: ReadonlyMap<string, ValueInfo>;
  /** Whether a run ends within a few milliseconds once it is interrupted. */
  readonly interruptible: boolean;
  /** Wraps `data` without copying it: a run reads what the array holds then. */
  tensor(type: ElementType, data: TensorData, shape: readonly number[]): Tensor;
  /**
   * Computes every output.
   *
   * @param into outputs by name, which may be inputs of this run at the same time. A session that writes in place
   *   needs a tensor for each output, writes into it and returns it. Any other ignores them, unless it was opened to
   *   fill them (`fillsOutputs`): the arrays of the result belong to the caller then
   * @param interrupt aborted when the result is no longer wanted; what the run was to write is undefined then
   * @throws {RunInterrupted} where the run was interrupted before its end
   * @throws {EngineError} `runtime`
   */
  run(feeds: Readonly<Tensors>, into?: Readonly<Tensors>, interrupt?: AbortSignal): Promise<Tensors>;
  /** The memory of the accelerator that runs the graph. Absent where that is a processor, or has no memory of its own. */
  readonly memory?: DeviceMemory | undefined;
  /** Rows that a run may have where longer ones are wrong. */
  readonly maxRows?: number | undefined;
  dispose(): Promise<void>;
}

/**
 * Memory that JavaScript cannot reach. Its tensors are fed to and written by the session it belongs to, before that is
 * disposed of; their `data` must not be asked for.
 */
export interface DeviceMemory {
  /** @throws {EngineError} `runtime`, where there is too little of it */
  allocate(type: ElementType, shape: readonly number[]): Tensor;
  /**
   * A longer copy of a tensor of four axes, whose third counts rows; what the new rows hold is undefined.
   *
   * @throws {EngineError} `runtime`
   */
  lengthen(tensor: Tensor, rows: number): Tensor;
  /** The tensor must not be used from here on. */
  release(tensor: Tensor): void;
}

/** A run has ended early, because it was asked to. */
export class RunInterrupted extends Error {
  override readonly name = 'RunInterrupted';
}

export interface SessionOptions {
  /** Threads of one run, the calling one included. */
  readonly threads: number;
  /** For background work: one thread, which has no pool and therefore nothing that spins between runs. */
  readonly background?: boolean;
  /** Outputs are written into the tensors that a run is given for them, none of which may be an input of it; others are made. */
  readonly fillsOutputs?: boolean;
}

/** A graph in memory, whose weights lie in files. */
export interface GraphBytes {
  /** The file it was read from, for messages. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Its external data is relative to this folder. */
  readonly folder: string;
  /** How it is run part by part; the npm binding does so. */
  readonly stages?: Stages | undefined;
  /** It multiplies bytes that would overflow on some processors; see `precisionSetting`. */
  readonly multipliesBytes?: boolean;
}

/** Where a graph in memory has its weights. */
export const folderSetting = 'session.model_external_initializers_file_folder_path';

/**
 * Processors of x86 without instructions for products of bytes (VNNI) add up pairs of them in 16 bits, which overflow:
 * with `1`, ONNX Runtime takes another way, though not for weights that several products share: then it refuses the graph.
 * It does so on every x86, also where products are exact and that way is four times as slow (see `byteProductsOverflow`).
 */
export const precisionSetting = ['session.x64quantprecision', '1'] as const;

/** ONNX Runtime reports each failure as an exception as well, so its own log to standard error stays quiet. */
export const fatalOnly = 4;

/** The first line of a native error, without the runtime's own source positions. */
export function firstReason(error: unknown): string {
  const message = errorMessage(error);
  const line = message.split('\n', 1)[0] ?? '';
  return line
    .replace(/^Load model from .*? failed:/, '')
    .replace(/\/onnxruntime_src\/\S+:\d+ .*?\) /, '')
    .slice(0, 300)
    .trim();
}
