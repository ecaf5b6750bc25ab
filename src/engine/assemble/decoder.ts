/** Makes a decoder's model folder from a GGUF file. */
import { toBinary } from '@bufbuild/protobuf';
import { writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { readDecoderWeights } from '../../modelFolder/gguf/decoder';
import { GgufMetadata } from '../../modelFolder/gguf/metadata';
import { readEndTokens, readMarks } from '../../modelFolder/gguf/endTokens';
import { fillInTheMiddle } from '../../modelFolder/layouts/fillInTheMiddle';
import { GgufTensors } from '../../modelFolder/gguf/tensors';
import { tokenizerOf } from '../../modelFolder/gguf/tokenizer';
import { asStored, buildDecoder, float32, int4, mixed } from '../graphs/build/decoder';
import { WeightWriter } from '../graphs/build/weightWriter';
import { ModelProtoSchema } from '../graphs/onnx';
import { writeModelFolder } from './writeFolder';

export interface DecoderAssembly {
  /** Path of the GGUF file. */
  readonly gguf: string;
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
  const { gguf, folder, block, precision, log } = assembly;
  const tensors = await GgufTensors.open(gguf);
  try {
    const weights = await readDecoderWeights(tensors);
    const { shape } = weights;
    log(`${basename(gguf)}: ${shape.layers} layers of ${shape.width}, a vocabulary of ${shape.vocabularySize} tokens.`);
    await writeModelFolder(folder, async (temporary) => {
      const file = await WeightWriter.create(join(temporary, files.weights));
      try {
        const model = await buildDecoder(weights, precisions[precision](block), file);
        await writeFile(join(temporary, files.graph), toBinary(ModelProtoSchema, model), { flush: true });
      } finally {
        await file.close();
      }
      const tokenizer = tokenizerOf(Object.fromEntries(tensors.file.metadata));
      await writeFile(join(temporary, files.tokenizer), JSON.stringify(tokenizer), { flush: true });
      return describe(new GgufMetadata(tensors.file), weights.shape, assembly);
    });
    log(`${folder} holds the model now.`);
  } finally {
    await tensors.close();
  }
}

function describe(
  metadata: GgufMetadata,
  shape: Awaited<ReturnType<typeof readDecoderWeights>>['shape'],
  { name, license }: Pick<DecoderAssembly, 'name' | 'license'>,
) {
  const chatTemplate = metadata.text('tokenizer.chat_template');
  const fillIn = fillInTheMiddle(readMarks(metadata));
  return {
    name: name ?? metadata.text('general.name') ?? 'decoder',
    version: metadata.text('general.version') ?? '',
    license: license ?? metadata.text('general.license') ?? 'unknown',
    role: 'decoder',
    contextLength: shape.contextLength,
    vocabularySize: shape.vocabularySize,
    graph: files.graph,
    tokenizer: files.tokenizer,
    layout: fillIn?.layout ?? 'left-to-right',
    tokens: { ...fillIn?.tokens, ...readEndTokens(metadata) },
    cache: { layers: shape.layers, heads: shape.kvHeads, headSize: shape.headSize },
    ...(chatTemplate !== undefined && { chatTemplate }),
  };
}
