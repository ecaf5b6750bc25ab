import { EngineError } from '../errors';
import { openModelFolder } from '../models/folder';
import { DecoderAttention } from './decoderAttention';
import type { AttentionModel } from './model';
import type { ReaderOptions } from './openDecoder';
import { SequenceAttention } from './sequenceAttention';
import { hasEncoderDecoder, openEncoderDecoderFolder, openEncoderFolder } from './sequenceFolder';

/**
 * Opens a model folder to look into.
 *
 * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`
 */
export async function openAttention(path: string, options: ReaderOptions): Promise<AttentionModel> {
  if (await hasEncoderDecoder(path)) return SequenceAttention.open(path, await openEncoderDecoderFolder(path), options);
  const { role } = await openModelFolder(path);
  if (role === 'encoder-decoder') {
    throw new EngineError('modelMissing', `The model folder ${path} has no onnx/decoder_model.onnx, without which an encoder-decoder cannot be looked into; add it from the same export.`);
  }
  return role === 'encoder' ? SequenceAttention.open(path, await openEncoderFolder(path), options) : DecoderAttention.open(path, options);
}
