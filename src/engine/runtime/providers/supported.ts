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
