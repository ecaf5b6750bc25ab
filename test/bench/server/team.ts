/** Many people at one server at once, each with connections and a place in the code of their own; used by the server benchmark. */
import { distribution } from '../../../src/cli/distribution';
import type { ServerAddress } from '../../../src/servers/address';
import { HttpClient } from '../../../src/servers/http/client';
import type { ServerModel } from '../../../src/servers/probe';
import { ServerClient } from '../../../src/servers/serverClient';
import { AsContinue, AsLlamaVscode, Product } from '../typing/contenders';
import type { Asking, Contender } from '../typing/contenders';
import type { EditMoment } from '../typing/edits';
import { AskingServer, Cost } from './asking';
import type { Turns } from './asking';
import { Keys, typeAway } from './typist';

export interface TeamRow {
  readonly name: string;
  readonly turns: Turns;
  make(engine: AskingServer['engine']): Contender;
}

const unread = (): void => undefined;

/** Without the local model behind it, which would take work off the server: what is compared is when each asks. */
export const teamRows: readonly TeamRow[] = [
  { name: 'glassbox', turns: 'newest', make: (engine) => new Product(engine, unread, false) },
  { name: 'glassbox_ahead', turns: 'newest', make: (engine) => new Product(engine, unread, true) },
  { name: 'as_llama_vscode', turns: 'one', make: (engine) => new AsLlamaVscode(engine, unread) },
  { name: 'as_continue', turns: 'newest', make: (engine) => new AsContinue(engine, unread) },
];

/** What was typed before counts for nothing: by then, each knows how fast the server reads. Seconds. */
const settlingSeconds = 10;

/** @param changes of all, of which each person begins somewhere else @returns flat figures */
export async function measureTeam(
  row: TeamRow,
  people: number,
  seconds: number,
  server: { readonly address: ServerAddress; readonly model: ServerModel },
  changes: readonly (readonly EditMoment[])[],
): Promise<Record<string, number>> {
  const { address, model } = server;
  const asking = (path: string): Asking => ({ model: model.name, path, mode: 'line', minimumConfidence: 0.18 });
  const begin = performance.now() + settlingSeconds * 1_000;
  const end = begin + seconds * 1_000;
  const team = await Promise.all(
    Array.from({ length: people }, async (_, person) => {
      const client = new ServerClient(new HttpClient({ address }), model);
      const own = new AskingServer(client, model, row.turns);
      const contender = row.make(own.engine);
      const type = (from: number, until: number): Promise<Keys> => {
        const order = [...changes.slice(from), ...changes.slice(0, from)];
        return typeAway({ contender, server: own, changes: order, asking, end: until });
      };
      const from = Math.floor((person * changes.length) / people);
      try {
        // Somewhere else, so that nothing of it is known when it counts.
        await type((from + Math.floor(changes.length / 2)) % changes.length, begin);
        own.cost = new Cost();
        return { keys: await type(from, end), cost: own.cost };
      } finally {
        contender.dispose?.();
        client.dispose();
      }
    }),
  );
  const keys = new Keys();
  const cost = new Cost();
  for (const one of team) {
    keys.add(one.keys);
    cost.add(one.cost);
  }
  return figuresOf(keys, cost);
}

export function figuresOf(keys: Keys, cost: Cost): Record<string, number> {
  const share = (count: number, of: number): number => count / Math.max(1, of);
  const [key, request] = [distribution(keys.times), distribution(cost.times)];
  return {
    keys: keys.keys,
    in_time_share: share(keys.inTime, keys.keys),
    adopted_share: share(keys.adopted, keys.keys),
    unasked_share: share(keys.unasked, keys.keys),
    failed_share: share(keys.failed, keys.keys),
    key_ms_p50: key.p50,
    key_ms_p95: key.p95,
    requests_per_key: share(cost.requests, keys.keys),
    ended_share: share(cost.ended, cost.requests),
    request_ms_p50: request.p50,
    request_ms_p95: request.p95,
    characters_per_key: share(cost.characters, keys.keys),
    tokens_per_key: share(cost.tokens, keys.keys),
    new_tokens_of_told: share(cost.newTokens, cost.toldTokens),
    keys_saved_share: share(keys.saved, keys.keys + keys.saved),
    taken: keys.taken,
  };
}
