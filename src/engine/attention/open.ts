import { DecoderAttention } from './decoderAttention';
import type { AttentionModel } from './model';
import type { ReaderOptions } from './openDecoder';

/**
 * Opens a model folder to look into.
 *
 * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`
 */
export function openAttention(path: string, options: ReaderOptions): Promise<AttentionModel> {
  return DecoderAttention.open(path, options);
}
