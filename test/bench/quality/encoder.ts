/** An encoder under test, run by the real engine. */
import path from 'node:path';
import { EngineClient } from '../../../src/ipc/engine/client';
import type { Embedder } from '../../../src/ipc/indexer/embedder';
import { BenchError } from './packages';

/** Texts of one request. */
const textsAtOnce = 64;

export interface OpenEncoder extends Embedder {
  dispose(): void;
}

/** @throws {BenchError} where the folder holds no encoder @throws {EngineError} where it cannot be opened */
export async function openEncoder(folder: string): Promise<OpenEncoder> {
  const engine = new EngineClient({
    modulePath: path.resolve('dist', 'engine.js'),
    threads: () => 0,
    log: () => undefined,
  });
  const model = path.resolve(folder);
  const { identity, dimension } = await engine.request('load', { model }, { priority: 'index' });
  if (identity === undefined || dimension === undefined) throw new BenchError(`${folder} holds no encoder.`);
  return {
    id: identity,
    dimension,
    async embed(texts, kind) {
      const vectors = new Float32Array(texts.length * dimension);
      for (let start = 0; start < texts.length; start += textsAtOnce) {
        const some = texts.slice(start, start + textsAtOnce);
        vectors.set(
          (await engine.request('embed', { model, kind, texts: some }, { priority: 'inspect' })).vectors,
          start * dimension,
        );
      }
      return vectors;
    },
    dispose: () => engine.dispose(),
  };
}
