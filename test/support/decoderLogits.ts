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
