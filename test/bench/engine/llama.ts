/** Opens a GGUF file with llama.cpp through node-llama-cpp, on the processor; used by the benches that compare with it. */
import { loadPeer } from './peers';

/** What is used of node-llama-cpp. */
interface LlamaModule {
  readonly getLlama: (options: object) => Promise<{
    dispose(): Promise<void>;
    loadModel(options: object): Promise<{ createContext(options: object): Promise<{ getSequence(): LlamaSequence }> }>;
  }>;
}
export interface LlamaSequence {
  clearHistory(): Promise<void>;
  evaluate(tokens: readonly number[], options: object): AsyncGenerator<number, unknown>;
  controlledEvaluate(
    tokens: readonly (readonly [token: number, options: object])[],
  ): Promise<readonly ({ readonly next?: { readonly logits?: ReadonlyMap<number, number> } } | undefined)[]>;
}

/** @param peers folder that node-llama-cpp is installed in @param context what its context is made with, beside the threads */
export async function openLlamaSequence(
  { peers, gguf, threads }: { readonly peers: string; readonly gguf: string; readonly threads: number },
  context: { readonly contextSize: number; readonly batchSize: number },
): Promise<{ sequence: LlamaSequence; dispose: () => Promise<void> }> {
  const { getLlama } = await loadPeer<LlamaModule>(peers, 'llama', 'node-llama-cpp');
  const llama = await getLlama({
    gpu: false,
    build: 'never',
    progressLogs: false,
    logLevel: 'error',
    maxThreads: threads,
  });
  const model = await llama.loadModel({ modelPath: gguf });
  const sequence = (await model.createContext({ ...context, threads })).getSequence();
  return { sequence, dispose: () => llama.dispose() };
}
