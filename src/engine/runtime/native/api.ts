/**
 * Binds the functions of ONNX Runtime's C API through koffi, by their place in its function table; used by the native
 * sessions and device memory. Failed calls throw.
 */
import type { LibraryHandle } from 'koffi';

type Koffi = Pick<typeof import('koffi'), 'decode' | 'proto'>;

/** Address of something in the native library; 0 for nothing. */
export type Address = bigint;

/** Version of the C API that is asked for: the first that has every function used here. Later ones keep it. */
const apiVersion = 13;

/**
 * The functions of ONNX Runtime's C API that are used: their place in `struct OrtApi`, which only ever grows at its end
 * (onnxruntime_c_api.h), and the types of their parameters. Each returns an `OrtStatus *`, 0 for success.
 */
const functions = {
  CreateEnv: [3, 'int', 'str', 'void *'],
  CreateSessionFromArray: [8, 'void *', 'void *', 'size_t', 'void *', 'void *'],
  CreateSessionOptions: [10, 'void *'],
  // A path is made of wide characters on Windows.
  SetOptimizedModelFilePath: [11, 'void *', process.platform === 'win32' ? 'str16' : 'str'],
  SetSessionLogSeverityLevel: [22, 'void *', 'int'],
  SetSessionGraphOptimizationLevel: [23, 'void *', 'int'],
  SetIntraOpNumThreads: [24, 'void *', 'int'],
  SetInterOpNumThreads: [25, 'void *', 'int'],
  SessionGetInputCount: [30, 'void *', 'void *'],
  SessionGetOutputCount: [31, 'void *', 'void *'],
  SessionGetInputTypeInfo: [33, 'void *', 'size_t', 'void *'],
  SessionGetOutputTypeInfo: [34, 'void *', 'size_t', 'void *'],
  SessionGetInputName: [36, 'void *', 'size_t', 'void *', 'void *'],
  SessionGetOutputName: [37, 'void *', 'size_t', 'void *', 'void *'],
  CreateRunOptions: [39, 'void *'],
  RunOptionsSetTerminate: [46, 'void *'],
  RunOptionsUnsetTerminate: [47, 'void *'],
  CreateTensorAsOrtValue: [48, 'void *', 'void *', 'size_t', 'int', 'void *'],
  CreateTensorWithDataAsOrtValue: [49, 'void *', 'void *', 'size_t', 'void *', 'size_t', 'int', 'void *'],
  CastTypeInfoToTensorInfo: [55, 'void *', 'void *'],
  GetTensorElementType: [60, 'void *', 'void *'],
  GetDimensionsCount: [61, 'void *', 'void *'],
  GetDimensions: [62, 'void *', 'void *', 'size_t'],
  GetSymbolicDimensions: [63, 'void *', 'void *', 'size_t'],
  CreateMemoryInfo: [68, 'str', 'int', 'int', 'int', 'void *'],
  CreateCpuMemoryInfo: [69, 'int', 'int', 'void *'],
  AllocatorFree: [76, 'void *', 'void *'],
  GetAllocatorWithDefaultOptions: [78, 'void *'],
  AddSessionConfigEntry: [130, 'void *', 'str', 'str'],
  CreateAllocator: [131, 'void *', 'void *', 'void *'],
  RunWithBinding: [133, 'void *', 'void *', 'void *'],
  CreateIoBinding: [134, 'void *', 'void *'],
  BindInput: [136, 'void *', 'str', 'void *'],
  BindOutput: [137, 'void *', 'str', 'void *'],
  SessionOptionsAppendExecutionProvider_CUDA_V2: [204, 'void *', 'void *'],
  CreateCUDAProviderOptions: [205, 'void *'],
  SessionOptionsAppendExecutionProvider: [216, 'void *', 'str', 'void *', 'void *', 'size_t'],
} as const;

/** Functions that give something back and cannot fail. */
const releases = {
  ReleaseEnv: 92,
  ReleaseStatus: 93,
  ReleaseMemoryInfo: 94,
  ReleaseSession: 95,
  ReleaseValue: 96,
  ReleaseRunOptions: 97,
  ReleaseTypeInfo: 98,
  ReleaseSessionOptions: 100,
  ReleaseAllocator: 132,
  ReleaseIoBinding: 135,
  ReleaseCUDAProviderOptions: 208,
} as const;

const getErrorMessage = 2;

export type ApiFunction = keyof typeof functions;
/** Typed arrays are passed by address; they must stay where they are reachable for as long as the library uses them. */
export type Argument = Address | number | string | ArrayBufferView;

interface NativeFunction {
  (...args: Argument[]): Address;
  async(...args: [...Argument[], (error: Error | null, status: Address) => void]): void;
}

/** What ONNX Runtime reports as a failure. */
export class NativeError extends Error {
  override readonly name = 'NativeError';
}

/**
 * ONNX Runtime's C API, called from JavaScript. As with any C API, a wrong argument ends the process: only this folder
 * uses it.
 */
export class NativeApi {
  readonly #functions: ReadonlyMap<ApiFunction, NativeFunction>;
  readonly #releases: ReadonlyMap<keyof typeof releases, (address: Address) => void>;
  readonly #message: (status: Address) => string;
  /** Of the library, as in its package.json. */
  readonly version: string;

  constructor(
    private readonly koffi: Koffi,
    /** Kept, because koffi unloads a library when its handle is collected as garbage. */
    readonly library: LibraryHandle,
  ) {
    const native = (address: Address, result: string, parameters: readonly string[]): unknown =>
      koffi.decode(address, koffi.proto(result, [...parameters]));
    const base = library.func('OrtGetApiBase', 'void *', [])() as Address;
    const [getApi = 0n, getVersion = 0n] = koffi.decode(base, 'void *', 2) as Address[];
    this.version = (native(getVersion, 'str', []) as () => string)();
    const api = (native(getApi, 'void *', ['uint32_t']) as (version: number) => Address)(apiVersion);
    if (api === 0n) throw new NativeError(`version ${this.version} has no C API ${apiVersion}`);

    const table = koffi.decode(api, 'void *', 1 + Math.max(...Object.values(functions).map(([at]) => at))) as Address[];
    const at = (index: number): Address => table[index] ?? 0n;
    this.#functions = new Map(
      Object.entries(functions).map(([name, [index, ...parameters]]) => [
        name as ApiFunction,
        native(at(index), 'void *', parameters) as NativeFunction,
      ]),
    );
    this.#releases = new Map(
      Object.entries(releases).map(([name, index]) => [
        name as keyof typeof releases,
        native(at(index), 'void', ['void *']) as (address: Address) => void,
      ]),
    );
    this.#message = native(at(getErrorMessage), 'str', ['void *']) as (status: Address) => string;
  }

  /** @throws {NativeError} */
  call(name: ApiFunction, ...args: Argument[]): void {
    this.#check(this.#function(name)(...args));
  }

  /** Calls on another thread. @throws {NativeError} */
  async callAside(name: ApiFunction, ...args: Argument[]): Promise<void> {
    this.#check(
      await new Promise<Address>((resolve, reject: (error: Error) => void) => {
        this.#function(name).async(...args, (error, status) => (error ? reject(error) : resolve(status)));
      }),
    );
  }

  /** Calls a function that hands an address back through its last parameter. @throws {NativeError} */
  make(name: ApiFunction, ...args: Argument[]): Address {
    const made = new BigUint64Array(1);
    this.call(name, ...args, made);
    return made[0] ?? 0n;
  }

  release(name: keyof typeof releases, address: Address): void {
    this.#releases.get(name)?.(address);
  }

  /** Text that ends with a zero byte. */
  text(address: Address): string {
    return this.koffi.decode.string(address);
  }

  #function(name: ApiFunction): NativeFunction {
    const found = this.#functions.get(name);
    if (!found) throw new NativeError(`there is no function ${name}`);
    return found;
  }

  #check(status: Address | null): void {
    if (status === null || status === 0n) return;
    const message = this.#message(status);
    this.release('ReleaseStatus', status);
    throw new NativeError(message);
  }
}
