/**
 * Times a decoder-like chain of 4-bit matrix products with different thread counts; used by `chooseThreads.ts`. It
 * stops early when the machine is needed.
 */
import { create, toBinary } from '@bufbuild/protobuf';
import { tmpdir } from 'node:os';
import { microsoft, node, valueInfo } from '../graphs/elements';
import { DataType, ModelProtoSchema, TensorProtoSchema } from '../graphs/onnx';
import { nativeBackend } from '../runtime/native/backend';
import type { Session } from '../runtime/tensors';

/** Matrices like a small decoder's: together more than a processor's cache holds. */
const size = 2048;
const matrices = 8;
const blockSize = 32;
const bits = 4;
/** Of these runs the fastest counts: what else the machine does makes the others slower. */
const runs = 12;

/** A token's way through 4-bit matrices, one after the other. */
function matrixGraph(): Uint8Array {
  const blocks = size / blockSize;
  const weights = new Uint8Array((size * size * bits) / 8).fill(0x59);
  const scales = new Uint8Array(new Float32Array(size * blocks).fill(2 ** -8).buffer);
  const graph = {
    name: 'threads',
    // Each matrix its own: one that is used again would be found in the cache.
    initializer: Array.from({ length: matrices }, (_, at) => [
      create(TensorProtoSchema, {
        name: `w${at}`,
        dataType: DataType.UINT8,
        dims: [BigInt(size), BigInt(blocks), BigInt((blockSize * bits) / 8)],
        rawData: weights,
      }),
      create(TensorProtoSchema, {
        name: `s${at}`,
        dataType: DataType.FLOAT,
        dims: [BigInt(size * blocks)],
        rawData: scales,
      }),
    ]).flat(),
    node: Array.from({ length: matrices }, (_, at) =>
      node('MatMulNBits', [`x${at}`, `w${at}`, `s${at}`], [`x${at + 1}`], {
        domain: microsoft,
        attributes: {
          K: BigInt(size),
          N: BigInt(size),
          bits: BigInt(bits),
          block_size: BigInt(blockSize),
          accuracy_level: 4n,
        },
      }),
    ),
    input: [valueInfo('x0', DataType.FLOAT, [1, size])],
    output: [valueInfo(`x${matrices}`, DataType.FLOAT, [1, size])],
  };
  const opsetImport = [
    { domain: '', version: 17n },
    { domain: microsoft, version: 1n },
  ];
  return toBinary(ModelProtoSchema, create(ModelProtoSchema, { irVersion: 8n, opsetImport, graph }));
}

/**
 * How long a token takes with each number of threads, milliseconds. Takes a few tenths of a second.
 *
 * @param isWanted asked between runs; the trial ends where the machine is needed for something else
 * @returns `undefined` where it ended early, or cannot be made on this machine
 */
export async function timeThreads(
  counts: readonly number[],
  isWanted: () => boolean,
): Promise<Map<number, number> | undefined> {
  const backend = await nativeBackend();
  if (!backend.works) return undefined;
  const graph = { path: 'threads', bytes: matrixGraph(), folder: tmpdir() };
  const times = new Map<number, number>();
  for (const threads of counts) {
    const session = await backend.open(graph, { threads });
    try {
      const ms = await fastest(session, isWanted);
      if (ms === undefined) return undefined;
      times.set(threads, ms);
    } finally {
      await session.dispose();
    }
  }
  return times;
}

async function fastest(session: Session, isWanted: () => boolean): Promise<number | undefined> {
  const tensor = () => session.tensor('float32', new Float32Array(size).fill(1), [1, size]);
  const [feeds, into] = [{ x0: tensor() }, { [`x${matrices}`]: tensor() }];
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    if (!isWanted()) return undefined;
    const started = performance.now();
    await session.run(feeds, into);
    best = Math.min(best, performance.now() - started);
  }
  return best;
}
