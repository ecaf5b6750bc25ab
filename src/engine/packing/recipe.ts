/**
 * How each form of a model is prepared, opened with and without packed weights, and run for comparison; used by
 * `make.ts`.
 */
import { fromBinary } from '@bufbuild/protobuf';
import { realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { readGraph as readDecoder } from '../decoder/graph';
import { Network } from '../decoder/network';
import { prepareInPlace } from '../decoder/open';
import { readGraph as readEncoder } from '../encoder/graph';
import { EncoderNetwork } from '../encoder/network';
import type { DecoderFolder, EncoderFolder } from '../../modelFolder/layouts/types';
import { DataLocation, ModelProtoSchema } from '../graphs/onnx';
import { outlineGraph } from '../graphs/outlined';
import { roundEncoder } from '../graphs/prepareEncoder';
import type { NativeBackend } from '../runtime/native/backend';
import { openSession } from '../runtime/session';
import type { GraphBytes, Session } from '../runtime/session';
import type { PackedForm } from '../weightCache/packedGraphKey';

export type WorkingBackend = NativeBackend & { readonly works: true };

/** How a model runs in one of its forms, for its weights to be packed and for what comes of that to be compared. */
export interface Recipe {
  readonly graph: GraphBytes;
  /** Without packed weights, as it runs in the product. */
  plain(): Promise<Session>;
  /** With them. */
  packed(graph: GraphBytes): Promise<Session>;
  /** What a session makes of runs of several lengths. */
  results(session: Session): Promise<Float32Array[]>;
}

/** Kernels change with the number of rows. */
const lengths = [1, 2, 3, 16, 64] as const;

/** @returns `undefined` where the model has no such form */
export async function recipeOf(
  backend: WorkingBackend,
  folder: DecoderFolder | EncoderFolder,
  form: PackedForm,
): Promise<Recipe | undefined> {
  const { graph: path } = folder;
  const options = { threads: 1 };
  if (folder.role === 'decoder') {
    const prepared = form === 'inPlace' ? await prepareInPlace(folder) : undefined;
    if (!prepared) return undefined;
    const graph = { ...prepared, path };
    return {
      graph,
      plain: () => backend.open(graph, options),
      packed: (bytes) => backend.open(bytes, options),
      results: (session) => decode(session, folder),
    };
  }
  const changed =
    form === 'rounded' ? await roundEncoder(path) : form === 'asItIs' ? await outlineGraph(path) : undefined;
  if (!changed) return undefined;
  const graph = { ...changed, path };
  return {
    graph,
    plain: () => openSession(form === 'rounded' ? graph : path, options),
    packed: (bytes) => openSession(bytes, options),
    results: (session) => encode(session, folder),
  };
}

/** The graph's own file, and those that hold its weights. Absolute paths, without links. */
export async function sourceFiles({ path, bytes, folder }: GraphBytes): Promise<string[]> {
  const outside = (fromBinary(ModelProtoSchema, bytes).graph?.initializer ?? []).filter(
    ({ dataLocation }) => dataLocation === DataLocation.EXTERNAL,
  );
  const names = outside.flatMap(({ externalData }) =>
    externalData.filter(({ key }) => key === 'location').map(({ value }) => join(folder, value)),
  );
  return [...new Set(await Promise.all([path, ...new Set(names)].map((name) => realpath(name))))];
}

const tokensFor = (vocabulary: number): Int32Array =>
  Int32Array.from({ length: Math.max(...lengths) }, (_, at) => (7919 * at + 13) % vocabulary);

async function decode(session: Session, folder: DecoderFolder): Promise<Float32Array[]> {
  const network = new Network(session, readDecoder(session, folder, 'inPlace'), folder.contextLength);
  const cache = network.createCache();
  const results: Float32Array[] = [];
  for (const rows of lengths.filter((length) => length < folder.contextLength)) {
    results.push(Float32Array.from(await network.run(cache, tokensFor(folder.vocabularySize), { past: 0, rows })));
  }
  return results;
}

async function encode(session: Session, folder: EncoderFolder): Promise<Float32Array[]> {
  const network = new EncoderNetwork(session, readEncoder(session, folder), 0);
  const tokens = tokensFor(folder.vocabularySize);
  const results: Float32Array[] = [];
  for (const rows of lengths.filter((length) => length <= folder.contextLength))
    results.push((await network.run([{ ids: tokens.subarray(0, rows) }])).values);
  return results;
}
