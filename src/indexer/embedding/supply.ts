/**
 * Gets vectors for texts from the cache or else the model, and stores new ones in the cache; used by `searchIndex.ts`
 * for indexing and by `upgrade.ts`.
 */
import type { VectorRows } from '../vectors/blocks';
import { quantizeAll } from '../vectors/quantization';
import type { EmbeddingCache } from './cache';
import { vectorModel } from '../../ipc/indexer/embedder';
import type { Embedder } from '../../ipc/indexer/embedder';
import { keyName } from '../chunks/embeddedText';

/** A text to be embedded. */
export interface KeyedText {
  readonly key: Uint8Array;
  readonly text: string;
}

/** How many texts got their vector from where. */
export interface SupplyCounts {
  /** By the model, now. */
  embedded: number;
  /** From the cache: embedded some time ago, here or elsewhere. */
  cached: number;
}

export interface Supplied {
  readonly rows: VectorRows[];
  /** Texts that have no vector yet. */
  readonly missing: KeyedText[];
}

/** Gets vectors: from the cache where it has them, else from the model, which then are in the cache. */
export class VectorSupply {
  readonly counts: SupplyCounts = { embedded: 0, cached: 0 };

  constructor(private readonly cache: EmbeddingCache | undefined) {}

  /** What the cache has of a model. */
  fromCache(embedder: Pick<Embedder, 'id' | 'dimension'>, texts: readonly KeyedText[]): Supplied {
    const wanted = distinct(texts);
    const model = vectorModel(embedder);
    const vectors =
      this.cache?.get(
        model,
        wanted.map(({ key }) => key),
      ) ?? [];
    const found = wanted.flatMap(({ key }, index) => {
      const data = vectors[index];
      return data?.length === embedder.dimension ? [{ key, data }] : [];
    });
    const names = new Set(found.map(({ key }) => keyName(key)));
    this.counts.cached += found.length;
    const rows = {
      model,
      keys: Buffer.concat(found.map(({ key }) => key)),
      data: Buffer.concat(found.map(({ data }) => data)),
    };
    return { rows: found.length === 0 ? [] : [rows], missing: wanted.filter(({ key }) => !names.has(keyName(key))) };
  }

  /** Embeds what the cache has not. */
  async embed(embedder: Embedder, texts: readonly KeyedText[], signal?: AbortSignal): Promise<VectorRows[]> {
    const { rows, missing } = this.fromCache(embedder, texts);
    if (missing.length === 0) return rows;
    const vectors = await embedder.embed(
      missing.map(({ text }) => text),
      'document',
      signal,
    );
    const model = vectorModel(embedder);
    const quantized = quantizeAll(vectors, embedder.dimension);
    const data = new Uint8Array(quantized.buffer, quantized.byteOffset, quantized.byteLength);
    this.cache?.put(
      model,
      missing.map(
        ({ key }, index) => [key, data.subarray(index * embedder.dimension, (index + 1) * embedder.dimension)] as const,
      ),
    );
    this.counts.embedded += missing.length;
    return [...rows, { model, keys: Buffer.concat(missing.map(({ key }) => key)), data }];
  }
}

function distinct(texts: readonly KeyedText[]): KeyedText[] {
  return [...new Map(texts.map((text) => [keyName(text.key), text])).values()];
}
