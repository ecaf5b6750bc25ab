/**
 * Allocates, lengthens and releases tensors in an accelerator's memory; created by the native `session.ts` and used by
 * the key-value cache on devices. Their values cannot be read.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { EngineError } from '../../../ipc/engine/errors';
import { node, valueInfo } from '../../graphs/elements';
import { DataType, ModelProtoSchema } from '../../graphs/onnx';
import { firstReason } from '../tensors';
import type { DeviceMemory, ElementType, Tensor, Tensors } from '../tensors';
import type { Address, NativeApi } from './api';
import { codeOf } from './elementTypes';

/** `OrtAllocatorType` and `OrtMemType` of the C API, and the first device of its kind. */
const deviceAllocator = 0;
const firstDevice = 0;
const defaultMemory = 0;

const rowAxis = 2;

/** A tensor in memory that JavaScript cannot reach. */
export class DeviceTensor implements Tensor {
  constructor(
    readonly type: ElementType,
    readonly dims: readonly number[],
    readonly address: Address,
  ) {}

  get data(): never {
    throw new Error('a tensor in the memory of a device is not read');
  }
}

/** Runs a small graph where the memory is, on the calling thread. */
export interface JoinSession {
  runHere(feeds: Readonly<Tensors>, into: Readonly<Tensors>): void;
  dispose(): Promise<void>;
}

/** The memory of the accelerator that a session runs on. */
export class NativeMemory implements DeviceMemory {
  readonly #allocator: Address;
  readonly #tensors = new Set<DeviceTensor>();
  readonly #joins = new Map<ElementType, JoinSession>();

  /**
   * @param name that the execution provider has registered its memory by
   * @param open opens a graph on the same device
   */
  constructor(
    private readonly api: NativeApi,
    session: Address,
    name: string,
    private readonly open: (bytes: Uint8Array) => JoinSession,
  ) {
    const info = api.make('CreateMemoryInfo', name, deviceAllocator, firstDevice, defaultMemory);
    try {
      this.#allocator = api.make('CreateAllocator', session, info);
    } finally {
      api.release('ReleaseMemoryInfo', info);
    }
  }

  allocate(type: ElementType, shape: readonly number[]): DeviceTensor {
    const sizes = BigInt64Array.from(shape, BigInt);
    const tensor = failing(
      () =>
        new DeviceTensor(
          type,
          shape,
          this.api.make('CreateTensorAsOrtValue', this.#allocator, sizes, sizes.length, codeOf(type)),
        ),
    );
    this.#tensors.add(tensor);
    return tensor;
  }

  lengthen(tensor: Tensor, rows: number): DeviceTensor {
    const type = tensor.type as ElementType;
    const withRows = (count: number) => tensor.dims.map((size, axis) => (axis === rowAxis ? count : size));
    const spare = this.allocate(type, withRows(rows - (tensor.dims[rowAxis] ?? 0)));
    const whole = this.allocate(type, withRows(rows));
    failing(() => {
      const join = this.#joins.get(type) ?? this.open(joinGraph(type));
      this.#joins.set(type, join);
      join.runHere({ front: tensor, back: spare }, { whole });
    });
    this.release(spare);
    return whole;
  }

  release(tensor: Tensor): void {
    if (tensor instanceof DeviceTensor && this.#tensors.delete(tensor))
      this.api.release('ReleaseValue', tensor.address);
  }

  async dispose(): Promise<void> {
    for (const join of this.#joins.values()) await join.dispose();
    for (const tensor of this.#tensors) this.release(tensor);
    this.api.release('ReleaseAllocator', this.#allocator);
  }
}

function failing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new EngineError('runtime', `The accelerator's memory cannot be used: ${firstReason(error)}`, {
      cause: error,
    });
  }
}

/** `whole` = `front`, then `back`, row by row. */
function joinGraph(type: ElementType): Uint8Array {
  const dataType = type === 'float16' ? DataType.FLOAT16 : DataType.FLOAT;
  const value = (name: string) => valueInfo(name, dataType, ['batch', 'heads', `${name} rows`, 'values']);
  const join = node('Concat', ['front', 'back'], ['whole'], { attributes: { axis: BigInt(rowAxis) } });
  const graph = { name: 'join', node: [join], input: [value('front'), value('back')], output: [value('whole')] };
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, { irVersion: 8n, opsetImport: [{ domain: '', version: 17n }], graph }),
  );
}
