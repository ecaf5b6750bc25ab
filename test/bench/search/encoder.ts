import type { EngineClient } from '../../../src/ipc/engine/client';
import { SearchEncoder } from '../../../src/features/search/encoder';

/** The encoder of a folder as search has it in the editor, with what is known of it. @throws {Error} where it cannot be used */
export async function openEncoder(engine: EngineClient, folder: string) {
  const kept = new Map<string, unknown>();
  const search = new SearchEncoder({
    engine,
    folder: () => folder,
    memory: { get: (key) => kept.get(key), update: (key, value) => Promise.resolve(void kept.set(key, value)) },
    log: { warn: (message) => void process.stderr.write(`${message}\n`) },
    onDidChange: () => undefined,
  });
  await search.learn();
  if (search.facts === undefined) throw new Error(search.problem);
  return { facts: search.facts, embed: search.embed };
}
