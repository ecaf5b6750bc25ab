/**
 * What a decoder's model folder is made from, whatever it is stored as: weights, tokenizer, and what `glassbox.json` says of it.
 * Used by `assembleDecoder`; reads GGUF files and folders of safetensors.
 */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import type { DecoderWeights } from '../../modelFolder/decoderWeights';
import { readDecoderWeights } from '../../modelFolder/gguf/decoder';
import { readEndTokens, readMarks } from '../../modelFolder/gguf/endTokens';
import { GgufMetadata } from '../../modelFolder/gguf/metadata';
import { GgufTensors } from '../../modelFolder/gguf/tensors';
import { tokenizerOf } from '../../modelFolder/gguf/tokenizer';
import { withAddedTokens } from '../../modelFolder/layouts/addedTokens';
import { readJson } from '../../modelFolder/layouts/files';
import { fillInTheMiddle } from '../../modelFolder/layouts/fillInTheMiddle';
import { describeDecoderWeights } from '../../modelFolder/layouts/safetensorsLayout';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import { readDecoder } from '../../modelFolder/safetensors/decoder';
import { readDecoderConfig } from '../../modelFolder/safetensors/decoderConfig';
import { SafetensorsWeights } from '../../modelFolder/safetensors/weights';

/** An open file or folder. */
export interface DecoderSource {
  readonly weights: DecoderWeights;
  /** Content of `tokenizer.json`. Writing it may take memory, so that it is asked for once. */
  tokenizer(): unknown;
  /** Of `glassbox.json`. */
  readonly description: {
    readonly name: string;
    readonly version: string;
    readonly license: string;
    readonly layout: DecoderFolder['promptLayout'];
    readonly tokens: DecoderFolder['tokens'];
    readonly stopTokens?: readonly string[];
    readonly chatTemplate?: string;
  };
  close(): Promise<void>;
}

/**
 * @param path of a GGUF file, or of a folder with `config.json`, `tokenizer.json` and weights as safetensors
 * @throws {EngineError} in one sentence, where it is not understood
 */
export async function openDecoderSource(path: string): Promise<DecoderSource> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new EngineError('modelMissing', `${path} cannot be read; check the path.`, { cause });
  });
  return found.isDirectory() ? openFolder(resolve(path)) : openFile(path);
}

async function openFile(path: string): Promise<DecoderSource> {
  const tensors = await GgufTensors.open(path);
  return closingOnError(tensors, async () => {
    const metadata = new GgufMetadata(tensors.file);
    const fillIn = fillInTheMiddle(readMarks(metadata));
    const chatTemplate = metadata.text('tokenizer.chat_template');
    return {
      weights: await readDecoderWeights(tensors),
      tokenizer: () => tokenizerOf(Object.fromEntries(tensors.file.metadata)),
      description: {
        name: metadata.text('general.name') ?? 'decoder',
        version: metadata.text('general.version') ?? '',
        license: metadata.text('general.license') ?? 'unknown',
        layout: fillIn?.layout ?? 'left-to-right',
        tokens: { ...fillIn?.tokens, ...readEndTokens(metadata) },
        ...(chatTemplate !== undefined && { chatTemplate }),
      },
      close: () => tensors.close(),
    };
  });
}

async function openFolder(folder: string): Promise<DecoderSource> {
  const config = readDecoderConfig(folder, await readJson(folder, 'config.json'));
  const { name, promptLayout, tokens, stopTokens, chatTemplate, ...read } = await describeDecoderWeights(folder);
  const tensors = await SafetensorsWeights.open(folder);
  return closingOnError(tensors, async () => ({
    weights: await readDecoder(folder, config, tensors),
    tokenizer: () => withAddedTokens(read.tokenizer, read.tokenizerConfig),
    description: {
      name,
      version: '',
      license: 'unknown',
      layout: promptLayout,
      tokens,
      stopTokens,
      ...(chatTemplate !== undefined && { chatTemplate }),
    },
    close: () => tensors.close(),
  }));
}

async function closingOnError<T>(files: { close(): Promise<void> }, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    await files.close();
    throw cause;
  }
}
