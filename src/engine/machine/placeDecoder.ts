/**
 * Opens a decoder on the accelerator chosen for it or on the processor, with fallback to the processor on failure;
 * called by `openModel.ts`.
 */
import type { Devices } from './devices';
import { EngineError } from '../../ipc/engine/errors';
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import { Decoder } from '../decoder/decoder';
import { FallbackDecoder } from '../decoder/fallback';
import type { GeneratingDecoder } from '../decoder/fallback';
import { openExactSession } from '../decoder/onDevice';
import type { DecoderOptions } from '../decoder/open';

/** A decoder and what runs it. */
export interface PlacedDecoder extends GeneratingDecoder {
  /** Absent where the processor does. */
  readonly accelerator: string | undefined;
}

/**
 * Opens a decoder where it is to run. One that fails on an accelerator, now or later, goes on on the processor.
 *
 * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`
 */
export async function placeDecoder(
  folder: DecoderFolder,
  options: DecoderOptions & { readonly devices?: Pick<Devices, 'choose' | 'failed'> },
): Promise<PlacedDecoder> {
  const { devices } = options;
  const chosen = await devices?.choose(folder);
  const onProcessor = () => Decoder.open(folder, options);
  if (!devices || !chosen) return placed(await onProcessor(), () => undefined);

  let accelerator: string | undefined =
    chosen.adapter === '' ? chosen.provider : `${chosen.adapter} (${chosen.provider})`;
  const failed = (reason: string) => {
    accelerator = undefined;
    devices.failed(chosen.provider, reason);
  };
  try {
    const { session, cacheForm } = await openExactSession(folder, options, chosen);
    const decoder = new FallbackDecoder(new Decoder(session, folder, cacheForm, options), onProcessor, failed);
    return placed(decoder, () => accelerator);
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    failed(error.message);
    return placed(await onProcessor(), () => undefined);
  }
}

const placed = (writer: GeneratingDecoder, accelerator: () => string | undefined): PlacedDecoder => ({
  generate: (request, step) => writer.generate(request, step),
  dispose: () => writer.dispose(),
  get accelerator() {
    return accelerator();
  },
});
