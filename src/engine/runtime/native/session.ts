/**
 * A session over the C API that runs on another thread, can be interrupted and writes outputs in place, and the saving
 * of optimized graphs; opened through `backend.ts`.
 */
import { basename } from 'node:path';
import { EngineError } from '../../../ipc/engine/errors';
import { byteProductsOverflow } from '../byteProducts';
import { fatalOnly, firstReason, folderSetting, precisionSetting, RunInterrupted } from '../tensors';
import type {
  ElementType,
  GraphBytes,
  Session,
  SessionOptions,
  Tensor,
  TensorData,
  Tensors,
  ValueInfo,
} from '../tensors';
import type { Address, NativeApi } from './api';
import { DeviceTensor, NativeMemory } from './deviceMemory';
import { codeOf } from './elementTypes';
import { appendProvider } from './provider';
import type { NativeProvider } from './provider';
import { readValues } from './valueInfo';

/** `GraphOptimizationLevel`, `OrtAllocatorType` and `OrtMemType` of the C API. */
const everyOptimization = 99;
const deviceAllocator = 0;
const defaultMemory = 0;

/** What all sessions of a process share. */
export interface NativeEnvironment {
  readonly api: NativeApi;
  readonly environment: Address;
}

/**
 * @param provider an accelerator to run on; the processor without
 * @param further makes further settings
 * @throws {EngineError} `modelInvalid`
 */
export async function openNativeSession(
  environment: NativeEnvironment,
  graph: GraphBytes,
  options: SessionOptions,
  provider?: NativeProvider,
  further?: (api: NativeApi, settings: Address) => void,
): Promise<NativeSession> {
  const { api } = environment;
  const precise = graph.multipliesBytes === true && (await byteProductsOverflow());
  const settings = api.make('CreateSessionOptions');
  const made = new BigUint64Array(1);
  try {
    configure(api, settings, options, provider);
    further?.(api, settings);
    api.call('AddSessionConfigEntry', settings, folderSetting, graph.folder);
    if (precise) api.call('AddSessionConfigEntry', settings, ...precisionSetting);
    await api.callAside(
      'CreateSessionFromArray',
      environment.environment,
      graph.bytes,
      graph.bytes.length,
      settings,
      made,
    );
    return new NativeSession(
      api,
      made[0] ?? 0n,
      basename(graph.path),
      provider && { maxRows: provider.maxRows, memory: (session) => memoryOf(environment, session, provider) },
    );
  } catch (error) {
    const sentence = `ONNX Runtime cannot load ${basename(graph.path)}: ${firstReason(error)}`;
    throw new EngineError('modelInvalid', sentence, { cause: error });
  } finally {
    api.release('ReleaseSessionOptions', settings);
  }
}

/** Constants below this many bytes stay in the graph that is saved. */
const minWeightBytes = '1024';

/**
 * Saves a graph as ONNX Runtime runs it on this processor: optimized, and with its weights as the kernels have packed them
 * beside those that it was made of.
 *
 * @param file absolute path of the ONNX file @param weights name of the file for the weights, beside it
 * @throws {EngineError} `modelInvalid`, also where the files cannot be written
 */
export async function saveOptimized(
  environment: NativeEnvironment,
  graph: GraphBytes,
  file: string,
  weights: string,
): Promise<void> {
  const saved = await openNativeSession(environment, graph, { threads: 1 }, undefined, (api, settings) => {
    api.call('SetOptimizedModelFilePath', settings, file);
    api.call('AddSessionConfigEntry', settings, 'session.optimized_model_external_initializers_file_name', weights);
    api.call(
      'AddSessionConfigEntry',
      settings,
      'session.optimized_model_external_initializers_min_size_in_bytes',
      minWeightBytes,
    );
    api.call('AddSessionConfigEntry', settings, 'session.save_external_prepacked_constant_initializers', '1');
  });
  await saved.dispose();
}

function configure(
  api: NativeApi,
  settings: Address,
  options: SessionOptions,
  provider: NativeProvider | undefined,
): void {
  api.call('SetSessionLogSeverityLevel', settings, fatalOnly);
  api.call('SetSessionGraphOptimizationLevel', settings, everyOptimization);
  // An accelerator leaves next to nothing to the processor: no pool is worth its spinning then.
  api.call('SetIntraOpNumThreads', settings, options.background || provider ? 1 : options.threads);
  api.call('SetInterOpNumThreads', settings, 1);
  if (provider) appendProvider(api, settings, provider);
}

function memoryOf(
  { api, environment }: NativeEnvironment,
  session: Address,
  provider: NativeProvider,
): NativeMemory | undefined {
  if (provider.memory === undefined) return undefined;
  return new NativeMemory(api, session, provider.memory, (bytes) => {
    const settings = api.make('CreateSessionOptions');
    try {
      configure(api, settings, { threads: 1 }, provider);
      return new NativeSession(
        api,
        api.make('CreateSessionFromArray', environment, bytes, bytes.length, settings),
        'join',
      );
    } finally {
      api.release('ReleaseSessionOptions', settings);
    }
  });
}

/**
 * A session of ONNX Runtime's C API. Runs on a thread of its own and reads and writes JavaScript's own arrays, so
 * nothing is copied; what is bound to an input or output stays bound until another tensor takes its place.
 */
export class NativeSession implements Session {
  readonly interruptible = true;
  readonly inputs: ReadonlyMap<string, ValueInfo>;
  readonly outputs: ReadonlyMap<string, ValueInfo>;
  readonly memory: NativeMemory | undefined;
  readonly maxRows: number | undefined;
  readonly #binding: Address;
  readonly #runOptions: Address;
  readonly #memory: Address;
  /** Keeps the arrays that the native side has the addresses of. */
  readonly #bound = { BindInput: new Map<string, Tensor>(), BindOutput: new Map<string, Tensor>() };
  #disposed = false;

  constructor(
    private readonly api: NativeApi,
    private readonly session: Address,
    private readonly name: string,
    device?: { readonly maxRows: number | undefined; memory(session: Address): NativeMemory | undefined },
  ) {
    this.memory = device?.memory(session);
    this.maxRows = device?.maxRows;
    this.inputs = readValues(api, session, 'Input');
    this.outputs = readValues(api, session, 'Output');
    this.#binding = api.make('CreateIoBinding', session);
    this.#runOptions = api.make('CreateRunOptions');
    this.#memory = api.make('CreateCpuMemoryInfo', deviceAllocator, defaultMemory);
  }

  tensor(type: ElementType, data: TensorData, shape: readonly number[]): Tensor {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    if (data.length !== size) throw new RangeError(`${data.length} values for the shape ${shape.join('×')}`);
    return { type, data, dims: shape };
  }

  async run(feeds: Readonly<Tensors>, into: Readonly<Tensors> = {}, interrupt?: AbortSignal): Promise<Tensors> {
    if (interrupt?.aborted) throw new RunInterrupted();
    const state = { interrupted: false };
    const terminate = () => {
      state.interrupted = true;
      this.api.call('RunOptionsSetTerminate', this.#runOptions);
    };
    try {
      this.#bindAll(feeds, into);
      interrupt?.addEventListener('abort', terminate);
      await this.api.callAside('RunWithBinding', this.session, this.#runOptions, this.#binding);
      return into;
    } catch (error) {
      if (state.interrupted) throw new RunInterrupted();
      throw new EngineError('runtime', `ONNX Runtime failed to run ${this.name}: ${firstReason(error)}`, {
        cause: error,
      });
    } finally {
      interrupt?.removeEventListener('abort', terminate);
      if (state.interrupted) this.api.call('RunOptionsUnsetTerminate', this.#runOptions);
    }
  }

  /** Runs on the calling thread. @throws {NativeError} */
  runHere(feeds: Readonly<Tensors>, into: Readonly<Tensors>): void {
    this.#bindAll(feeds, into);
    this.api.call('RunWithBinding', this.session, this.#runOptions, this.#binding);
  }

  /** Must not be called during a run. */
  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.api.release('ReleaseIoBinding', this.#binding);
    this.api.release('ReleaseRunOptions', this.#runOptions);
    await this.memory?.dispose();
    this.api.release('ReleaseSession', this.session);
    this.api.release('ReleaseMemoryInfo', this.#memory);
  }

  #bindAll(feeds: Readonly<Tensors>, into: Readonly<Tensors>): void {
    if (this.#disposed) throw new Error('the session was disposed of');
    for (const name of this.inputs.keys()) this.#bind('BindInput', name, feeds[name]);
    for (const name of this.outputs.keys()) this.#bind('BindOutput', name, into[name]);
  }

  #bind(side: 'BindInput' | 'BindOutput', name: string, tensor: Tensor | undefined): void {
    if (!tensor) throw new Error(`nothing is given for ${name}`);
    const bound = this.#bound[side];
    // An accelerator takes its copy of what the processor has when that is bound: the same array may hold other values now.
    const copied = side === 'BindInput' && this.memory !== undefined && !(tensor instanceof DeviceTensor);
    if (bound.get(name) === tensor && !copied) return;
    if (tensor instanceof DeviceTensor) {
      this.api.call(side, this.#binding, name, tensor.address);
      bound.set(name, tensor);
      return;
    }
    const data = tensor.data as Exclude<TensorData, readonly unknown[]> & NodeJS.TypedArray;
    const shape = BigInt64Array.from(tensor.dims, BigInt);
    const value = this.api.make(
      'CreateTensorWithDataAsOrtValue',
      this.#memory,
      data,
      data.byteLength,
      shape,
      shape.length,
      codeOf(tensor.type),
    );
    try {
      // The binding shares the value, which owns no memory.
      this.api.call(side, this.#binding, name, value);
      bound.set(name, tensor);
    } finally {
      this.api.release('ReleaseValue', value);
    }
  }
}
