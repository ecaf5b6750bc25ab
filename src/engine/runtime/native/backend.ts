/**
 * Loads and tests ONNX Runtime's native interface once per process, and says why where it cannot be used; used
 * wherever a session is opened natively.
 */
import { firstReason, fatalOnly } from '../tensors';
import type { GraphBytes, Session, SessionOptions } from '../tensors';
import { loadLibrary } from './library';
import type { NativeProvider } from './provider';
import { checkAttention } from './selfTest';
import { openNativeSession, saveOptimized } from './session';

/** The native interface, or why it cannot be used here. */
export type NativeBackend =
  | {
      readonly works: true;
      open(graph: GraphBytes, options: SessionOptions, provider?: NativeProvider): Promise<Session>;
      /** See `saveOptimized`. */
      save(graph: GraphBytes, file: string, weights: string): Promise<void>;
    }
  | { readonly works: false; readonly reason: string };

let backend: Promise<NativeBackend> | undefined;

/**
 * The native interface of ONNX Runtime: sessions that write in place, copy nothing and run on a thread of their own.
 * It is loaded and tested by the first call; there is no way to unload it.
 */
export function nativeBackend(): Promise<NativeBackend> {
  backend ??= start();
  return backend;
}

async function start(): Promise<NativeBackend> {
  try {
    const api = await loadLibrary();
    const environment = { api, environment: api.make('CreateEnv', fatalOnly, 'glassbox') };
    const open = (graph: GraphBytes, options: SessionOptions, provider?: NativeProvider) =>
      openNativeSession(environment, graph, options, provider);
    await checkAttention(open);
    return { works: true, open, save: (graph, file, weights) => saveOptimized(environment, graph, file, weights) };
  } catch (error) {
    return { works: false, reason: firstReason(error) };
  }
}
