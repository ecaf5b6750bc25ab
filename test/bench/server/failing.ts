/**
 * What the person at the keyboard sees of a server that hangs, dies and comes back: the product's own completion by a server, with
 * the local model behind it. For the server benchmark, where that starts the server's program itself.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CompletionByServer } from '../../../src/features/completion/byServer';
import { byEngine } from '../../../src/features/completion/completes';
import { UserServer } from '../../../src/host/servers/userServer';
import type { EngineClient } from '../../../src/ipc/engine/client';
import type { CompleteParams } from '../../../src/ipc/engine/protocol';
import type { ServerAddress } from '../../../src/servers/address';
import { HttpClient } from '../../../src/servers/http/client';
import type { ServerModel } from '../../../src/servers/probe';
import type { Note } from './parts';
import type { ServerProgram } from './program';

/** Between two keys that ask. Milliseconds. */
const pauseMs = 200;
/** How often it is asked while a server is away, and for how long until it is back. */
const asksAway = 6;
const backWithinMs = 40_000;

interface Asked {
  readonly ms: number;
  readonly byServer: boolean;
}

/**
 * @param local absolute path of the local model
 * @param note takes down each figure as soon as it is known
 */
export async function failing(
  program: ServerProgram,
  { address, model }: { readonly address: ServerAddress; readonly model: ServerModel },
  engine: EngineClient,
  local: string,
  note: Note,
  signal: AbortSignal,
): Promise<void> {
  const setting = { address: address.origin, model: model.name, endpoint: model.fill, spelling: model.spelling };
  const server = new UserServer('completion', setting, new HttpClient({ address }), () => undefined);
  const writer = new CompletionByServer(server, byEngine(engine));
  let key = 0;
  const ask = async (): Promise<Asked> => {
    // Each is another place, so that nothing is known already.
    const prefix = `// key ${key++}\nconst n = [1, 2, 3, `;
    const params: CompleteParams = { model: local, path: 'a.ts', context: [], prefix, suffix: '\n', mode: 'line', maxTokens: 12 }; // prettier-ignore
    const began = performance.now();
    const { server: by } = await writer.complete(params, { priority: 'completion', signal });
    return { ms: performance.now() - began, byServer: by !== undefined };
  };
  const away = async (): Promise<Asked[]> => {
    const asked: Asked[] = [];
    while (asked.length < asksAway) {
      asked.push(await ask());
      await sleep(pauseMs);
    }
    return asked;
  };
  const untilBack = async (): Promise<number> => {
    const began = performance.now();
    while (performance.now() - began < backWithinMs) {
      signal.throwIfAborted();
      if ((await ask()).byServer) return performance.now() - began;
      await sleep(pauseMs);
    }
    return NaN;
  };
  const longest = (asked: readonly Asked[]): number => Math.max(...asked.map(({ ms }) => ms));
  try {
    // Both are warm: the first answer of either opens a model.
    await engine.request('complete', { model: local, path: 'a.ts', context: [], prefix: 'const a = ', suffix: '\n', mode: 'line', maxTokens: 4 }, { priority: 'completion' }); // prettier-ignore
    // Some programs read their model with the first request, which the next key would end.
    const first = { path: 'a.ts', context: [], prefix: 'const a = ', suffix: '\n', maxTokens: 4, stop: [] };
    await (await server.ready()).client.fill(first, { signal });
    await untilBack();
    const well = await away();
    note({ well_by_server_share: well.filter(({ byServer }) => byServer).length / well.length, well_ms_max: longest(well) }); // prettier-ignore
    program.hang();
    const hung = await away();
    note({ hung_first_local_ms: hung[0]?.ms ?? NaN, hung_local_ms_max: longest(hung), hung_local_ms_last: hung.at(-1)?.ms ?? NaN }); // prettier-ignore
    program.goOn();
    note({ hung_back_after_ms: await untilBack() });
    await program.kill();
    note({ killed_local_ms_max: longest(await away()) });
    await program.start();
    note({ killed_back_after_ms: await untilBack() });
  } finally {
    writer.dispose();
    server.dispose();
  }
}
