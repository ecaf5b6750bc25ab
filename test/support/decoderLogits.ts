/** What a decoder's model folder calculates, for tests and benches that compare it with a reference. Knows no text. */
import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readGraph } from '../../src/engine/decoder/graph';
import { Network } from '../../src/engine/decoder/network';
import { openDecoderSession } from '../../src/engine/decoder/open';
import type { Backend } from '../../src/engine/decoder/open';
import { GraphEditor } from '../../src/engine/graphs/graphEditor';
import { ModelProtoSchema } from '../../src/engine/graphs/onnx';
import { keepActivations } from '../../src/engine/graphs/rewrites/accuracy';
import { openDecoderFolder } from '../../src/modelFolder/layouts/folder';
import type { DecoderFolder } from '../../src/modelFolder/layouts/types';

/** An open decoder that is asked for the logits behind every token of a text. */
export class LogitsReader {
  private constructor(
    private readonly folder: DecoderFolder,
    readonly network: Network,
  ) {}

  static async open(folder: DecoderFolder, backend: Backend, threads = 1): Promise<LogitsReader> {
    const { session, cacheForm } = await openDecoderSession(folder, { threads, backend });
    return new LogitsReader(folder, new Network(session, readGraph(session, folder, cacheForm), folder.contextLength));
  }

  /** @param rows tokens of one run @returns [ids, vocabulary] */
  async read(ids: readonly number[], rows: number): Promise<Float32Array> {
    const { vocabularySize } = this.folder;
    const cache = this.network.createCache();
    try {
      const logits = new Float32Array(ids.length * vocabularySize);
      for (let past = 0; past < ids.length; past += rows) {
        const count = Math.min(rows, ids.length - past);
        const run = { past, rows: count, drafts: count - 1 };
        logits.set(await this.network.run(cache, Int32Array.from(ids), run), past * vocabularySize);
      }
      return logits;
    } finally {
      cache.dispose();
    }
  }

  dispose(): Promise<void> {
    return this.network.dispose();
  }
}

/** A copy of the graph whose matrices do not round what they multiply. */
export function withExactActivations(folder: DecoderFolder): DecoderFolder {
  const model = fromBinary(ModelProtoSchema, readFileSync(folder.graph));
  keepActivations(new GraphEditor(model.graph!));
  const graph = join(folder.path, 'exact.onnx');
  writeFileSync(graph, toBinary(ModelProtoSchema, model));
  return { ...folder, graph };
}

/** What PyTorch calculates for a text. */
export interface ExpectedLogits {
  readonly ids: readonly number[];
  /** Logits are those behind each token of this many. */
  readonly every: number;
  readonly logits: string;
}

/** Rows a run: one alone, and as many as a prompt has. */
const chunks = [1, 7, 48];

/**
 * How far a model folder's logits are from PyTorch's, whatever the length of the runs.
 *
 * @param wanted [ids / every, vocabulary]
 * @returns the largest absolute difference of a logit, the sum of all squared ones, and the root of their share in the squares of
 *   PyTorch's logits
 */
export async function differences(
  path: string,
  backend: Backend,
  { ids, every }: ExpectedLogits,
  wanted: Float32Array,
  changed: (folder: DecoderFolder) => DecoderFolder = (folder) => folder,
): Promise<{ largest: number; squares: number; share: number }> {
  const folder = changed(await openDecoderFolder(path));
  const { vocabularySize } = folder;
  const reader = await LogitsReader.open(folder, backend);
  try {
    let [largest, squares] = [0, 0];
    for (const rows of chunks) {
      const logits = await reader.read(ids, rows);
      for (let row = 0; (row + 1) * every <= ids.length; row++) {
        const from = ((row + 1) * every - 1) * vocabularySize;
        for (let id = 0; id < vocabularySize; id++) {
          const difference = logits[from + id]! - wanted[row * vocabularySize + id]!;
          largest = Math.max(largest, Math.abs(difference));
          squares += difference ** 2;
        }
      }
    }
    const all = chunks.length * wanted.reduce((sum, logit) => sum + logit ** 2, 0);
    return { largest, squares, share: Math.sqrt(squares / all) };
  } finally {
    await reader.dispose();
  }
}
