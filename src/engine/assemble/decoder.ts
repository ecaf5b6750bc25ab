/** Makes a decoder's model folder from a GGUF file or a folder of safetensors; used by the build and by conversions. */
import { toBinary } from '@bufbuild/protobuf';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { asStored, buildDecoder, float32, int4, mixed } from '../graphs/build/decoder';
import { WeightWriter } from '../graphs/build/weightWriter';
import { ModelProtoSchema } from '../graphs/onnx';
import { openDecoderSource } from './decoderSource';
import type { DecoderSource } from './decoderSource';
import { writeModelFolder } from './writeFolder';

export interface DecoderAssembly {
  /** Path of a GGUF file, or of a folder of safetensors. */
  readonly from: string;
  /** Path of the folder to make; see `writeModelFolder` for what it may replace. */
  readonly folder: string;
  /** Values that share a scale, where matrices are of 4 bits. */
  readonly block: 32 | 64;
  /** `mixed`: 8 bits where 4 cost most; `asStored`: the file's own codes where a product can take them, 8 bits for all others. */
  readonly precision: keyof typeof precisions;
  /** What the model is called and which licence it has, where the file's own words for it are not wanted. */
  readonly name?: string | undefined;
  readonly license?: string | undefined;
  /** Called with a sentence each time the work has got further. */
  readonly log: (sentence: string) => void;
}

const precisions = { int4, mixed, float32: () => float32, asStored: () => asStored } as const;
const files = { graph: 'model.onnx', weights: 'model.onnx.data', tokenizer: 'tokenizer.json' } as const;

/**
 * Same file, same bytes: nothing of the machine goes into the folder.
 *
 * @throws {EngineError} in one sentence, where the file is not understood or the folder cannot be written
 */
export async function assembleDecoder(assembly: DecoderAssembly): Promise<void> {
  const { from, folder, block, precision, log } = assembly;
  const source = await openDecoderSource(from);
  try {
    const { shape } = source.weights;
    log(`${basename(from)}: ${shape.layers} layers of ${shape.width}, a vocabulary of ${shape.vocabularySize} tokens.`);
    await writeModelFolder(folder, async (temporary) => {
      const file = await WeightWriter.create(join(temporary, files.weights));
      try {
        const model = await buildDecoder(source.weights, precisions[precision](block), file);
        await writeFile(join(temporary, files.graph), toBinary(ModelProtoSchema, model), { flush: true });
      } finally {
        await file.close();
      }
      await writeFile(join(temporary, files.tokenizer), JSON.stringify(source.tokenizer()), { flush: true });
      return describe(source, assembly);
    });
    log(`${folder} holds the model now.`);
  } finally {
    await source.close();
  }
}

function describe(
  { description, weights: { shape } }: DecoderSource,
  { name, license }: Pick<DecoderAssembly, 'name' | 'license'>,
) {
  const { stopTokens, chatTemplate, ...said } = description;
  return {
    name: name ?? said.name,
    version: said.version,
    license: license ?? said.license,
    role: 'decoder',
    contextLength: shape.contextLength,
    vocabularySize: shape.vocabularySize,
    graph: files.graph,
    tokenizer: files.tokenizer,
    layout: said.layout,
    tokens: said.tokens,
    cache: { layers: shape.layers, heads: shape.kvHeads, headSize: shape.headSize },
    ...(chatTemplate !== undefined && { chatTemplate }),
    ...(stopTokens !== undefined && { stopTokens }),
  };
}
