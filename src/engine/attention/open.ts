/**
 * Entry point that opens a model folder of any role for attention capture, after checking that memory suffices; called
 * by the engine's `serve.ts`.
 */
import { openModelFolder } from '../../modelFolder/layouts/folder';
import { checkRoom } from '../machine/room';
import { DecoderAttention } from './decoderAttention';
import type { AttentionModel } from '../../attention/model';
import type { ReaderOptions } from './openDecoder';
import { SequenceAttention } from './sequenceAttention';
import { sequenceFolderOf } from './sequenceFolder';

/**
 * Opens a model folder to look into.
 *
 * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`
 */
export async function openAttention(path: string, options: ReaderOptions): Promise<AttentionModel> {
  const folder = await openModelFolder(path);
  await checkRoom(folder);
  return folder.role === 'decoder'
    ? DecoderAttention.open(path, options)
    : SequenceAttention.open(path, sequenceFolderOf(folder), options);
}
