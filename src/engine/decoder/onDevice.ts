/**
 * Opens a decoder without rounded activations, on an accelerator or on the processor for comparison; used by
 * `placeDecoder.ts` and `deviceTest.ts`. Needs the native interface and a graph that writes its cache in place.
 */
import { basename } from 'node:path';
import { EngineError } from '../../ipc/engine/errors';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import { prepareGraph } from '../graphs/prepare';
import { keepActivations } from '../graphs/rewrites/accuracy';
import { nativeBackend } from '../runtime/native/backend';
import { nativeProviders } from '../../ipc/engine/devices';
import type { ProviderName } from '../../ipc/engine/devices';
import type { SessionOptions } from '../runtime/session';
import type { OpenedSession } from './open';

/** Where an exact session runs, and how long its runs may be there. */
export interface ExecutionTarget {
  readonly provider: ProviderName;
  readonly maxRows?: number;
}

/**
 * Loads a folder's graph without the rounding of activations that makes processors fast: on an accelerator, or on the
 * processor for its results to be compared with.
 *
 * @throws {EngineError} `modelInvalid` or `runtime`, also where a graph keeps its cache in a way that accelerators
 *   would have to copy
 */
export async function openExactSession(
  folder: DecoderFolder,
  options: SessionOptions,
  place?: ExecutionTarget,
): Promise<OpenedSession> {
  const backend = await nativeBackend();
  if (!backend.works)
    throw new EngineError(
      'runtime',
      `Accelerators are used through ONNX Runtime's native interface, which cannot be used here: ${backend.reason}`,
    );
  const prepared = await prepareGraph(folder.graph, {
    inPlace: true,
    roundActivations: false,
    change: keepActivations,
  });
  if (prepared?.cacheForm !== 'inPlace') {
    throw new EngineError(
      'runtime',
      `${basename(folder.graph)} of ${folder.name} has no attention that writes into its cache, so it runs on the processor only.`,
    );
  }
  const provider = place && {
    ...nativeProviders[place.provider],
    ...(place.maxRows === undefined ? {} : { maxRows: place.maxRows }),
  };
  return { session: await backend.open({ ...prepared, path: folder.graph }, options, provider), cacheForm: 'inPlace' };
}
