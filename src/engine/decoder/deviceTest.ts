/**
 * Runs a decoder on the processor and on an accelerator and lets `judge.ts` compare the logits; used by `probe.ts`, in
 * a process that a faulty driver may end.
 */
import type { DecoderFolder } from '../../modelFolder/layouts/types';
import { judge } from '../runtime/providers/judge';
import type { Runner, TestRun } from '../runtime/providers/judge';
import type { ProviderName } from '../../ipc/engine/devices';
import type { ProviderVerdict } from '../runtime/providers/verdict';
import type { VulkanAdapter } from '../runtime/providers/vulkan';
import { readGraph } from './graph';
import type { DecoderGraph } from './graph';
import { Network } from './network';
import { openExactSession } from './onDevice';
import type { OpenedSession } from './open';

/** What rounding does to logits of graphs in 32 and in 16 bits, as a share of their spread; generously. */
const tolerances = { float32: 2e-3, float16: 3e-2 } as const;

/**
 * Runs a decoder on the processor and on an accelerator and compares. A driver may end the process here.
 *
 * @param adapters of this machine, where they are known; the first is taken for the one that is used
 * @param open opens the session to be judged; the one that would be used where it is left out
 * @throws {EngineError} `modelMissing`, `modelInvalid` or `runtime`
 */
export async function testOnDevice(
  folder: DecoderFolder,
  provider: ProviderName,
  threads: number,
  adapters: readonly VulkanAdapter[],
  open = (): Promise<OpenedSession> => openExactSession(folder, { threads }, { provider }),
): Promise<ProviderVerdict> {
  const opened = [await openExactSession(folder, { threads }), await open()] as const;
  try {
    const [cpu, device] = opened.map(({ session, cacheForm }) => {
      const graph = readGraph(session, folder, cacheForm);
      const network = new Network(session, graph, folder.contextLength);
      const cache = network.createCache();
      return { graph, run: (tokens: Int32Array, run: TestRun) => network.run(cache, tokens, run) };
    }) as [Opened, Opened];
    const { cacheType, logitsType } = cpu.graph;
    const [adapter] = adapters;
    return await judge({
      provider,
      adapter: adapter?.name ?? '',
      software: adapter?.software ?? false,
      vocabularySize: folder.vocabularySize,
      contextLength: folder.contextLength,
      tolerance: tolerances[cacheType === 'float16' ? cacheType : logitsType],
      cpu,
      device,
    });
  } finally {
    for (const { session } of opened) await session.dispose();
  }
}

interface Opened extends Runner {
  readonly graph: DecoderGraph;
}
