/** Whether there is room in memory for a model folder; asked by all that opens one, before it reads weights. */
import type { ModelFolder } from '../../modelFolder/layouts/types';
import { defaultCacheBytes } from '../decoder/decoder';
import { weightBytes } from '../graphs/weightFiles';
import { availableMemory, checkMemory } from './memory';

/**
 * @param available bytes that models may take
 * @throws {EngineError} `runtime` where that is less than the model needs
 */
export async function checkRoom(folder: ModelFolder, available = availableMemory()): Promise<void> {
  const graphs = folder.role === 'encoder-decoder' ? [folder.graph, folder.encoderGraph] : [folder.graph];
  const sizes = await Promise.all(graphs.map(weightBytes));
  const weights = sizes.reduce((sum, bytes) => sum + bytes, 0);
  checkMemory(folder.name, { weights, cache: folder.role === 'decoder' ? defaultCacheBytes : 0 }, available);
}
