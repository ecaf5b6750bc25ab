/**
 * Whether products of unsigned with signed bytes overflow on this processor. Used where a graph that multiplies bytes
 * is opened; see `precisionSetting`, which costs a processor with exact products three quarters of their speed.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import type * as Runtime from 'onnxruntime-node';
import { node, valueInfo } from '../graphs/elements';
import { DataType, ModelProtoSchema, TensorProtoSchema } from '../graphs/onnx';
import { fatalOnly } from './tensors';

/** Enough for every kernel: one for a single row, another for many; rows and columns of whole registers. */
const rows = [1, 16] as const;
const [inner, columns] = [64, 32];
/** The largest of each kind: pairs of their products are what 16 bits cannot hold. */
const [maxUnsigned, maxSigned] = [255, 127];

let found: Promise<boolean> | undefined;

/** Tried once a process, which takes some milliseconds. Where it cannot be tried, they are taken to overflow. */
export function byteProductsOverflow(): Promise<boolean> {
  found ??= tryProducts().catch(() => true);
  return found;
}

async function tryProducts(): Promise<boolean> {
  const ort: typeof Runtime = await import('onnxruntime-node');
  const session = await ort.InferenceSession.create(productGraph(), {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    logSeverityLevel: fatalOnly,
  });
  try {
    for (const count of rows) {
      const bytes = new Uint8Array(count * inner).fill(maxUnsigned);
      const { product } = await session.run({ values: new ort.Tensor('uint8', bytes, [count, inner]) });
      const exact = inner * maxUnsigned * maxSigned;
      if ((product?.data as Int32Array).some((value) => value !== exact)) return true;
    }
    return false;
  } finally {
    await session.release();
  }
}

function productGraph(): Uint8Array {
  const rawData = new Uint8Array(inner * columns).fill(maxSigned);
  const dims = [BigInt(inner), BigInt(columns)];
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 13n }],
      graph: {
        name: 'products',
        node: [node('MatMulInteger', ['values', 'weights'], ['product'])],
        initializer: [create(TensorProtoSchema, { name: 'weights', dataType: DataType.INT8, dims, rawData })],
        input: [valueInfo('values', DataType.UINT8, ['rows', inner])],
        output: [valueInfo('product', DataType.INT32, ['rows', columns])],
      },
    }),
  );
}
