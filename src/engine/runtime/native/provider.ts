/**
 * Describes an execution provider to the C API and appends it to session settings; used by the native `session.ts` and
 * `backend.ts`.
 */
import type { Address, NativeApi } from './api';

/** An execution provider as the C API knows it. */
export interface NativeProvider {
  /** As `SessionOptionsAppendExecutionProvider` calls it. CUDA has a function of its own there. */
  readonly name: string;
  /** The name of its memory. Absent where it uses the processor's. */
  readonly memory?: string;
  /** Rows that a run may have where longer ones are wrong. */
  readonly maxRows?: number;
}

/** Lets a session run on a provider, with the processor for what the provider cannot. @throws {NativeError} */
export function appendProvider(api: NativeApi, settings: Address, { name }: NativeProvider): void {
  if (name !== 'CUDA') {
    api.call('SessionOptionsAppendExecutionProvider', settings, name, 0n, 0n, 0);
    return;
  }
  const options = api.make('CreateCUDAProviderOptions');
  try {
    api.call('SessionOptionsAppendExecutionProvider_CUDA_V2', settings, options);
  } finally {
    api.release('ReleaseCUDAProviderOptions', options);
  }
}
