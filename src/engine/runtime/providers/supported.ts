/**
 * Lists the execution providers that the npm binding supports on this machine; used by `chooseDevices.ts`. An
 * unloadable binding counts as none.
 */
import type { SupportedProvider } from '../../../ipc/engine/devices';

/** What the npm binding can use on this machine; nothing where it cannot be loaded. */
export async function supportedProviders(): Promise<readonly SupportedProvider[]> {
  try {
    const { listSupportedBackends } = await import('onnxruntime-node');
    return listSupportedBackends();
  } catch {
    return [];
  }
}
